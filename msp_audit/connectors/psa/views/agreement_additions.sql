/*
grain = "one row per addition (billed item) of an agreement"

[columns]
addition_id      = "The addition's record id."
agreement_id     = "The agreement it belongs to."
product_id       = "Product."
product_name     = "The product's identifier; a reference carries no other name."
description      = "Text on the invoice line."
quantity         = "Units billed, before what is included."
less_included    = "Units covered by the agreement's price."
bill_customer    = "Billable, DoNotBill or NoCharge."
effective_on     = "First day."
cancelled_on     = "Day on which it ends."
agreement_status = "Status of the agreement as the addition tells it."
*/
select
    landed.item.id as addition_id,
    landed.item.agreementid as agreement_id,
    landed.item.product.id as product_id,
    clean(landed.item.product.identifier) as product_name,
    clean(landed.item.description) as description,
    landed.item.quantity,
    landed.item.lessincluded as less_included,
    clean(landed.item.billcustomer) as bill_customer,
    utc(landed.item.effectivedate)::date as effective_on,
    utc(landed.item.cancelleddate)::date as cancelled_on,
    clean(landed.item.agreementstatus) as agreement_status
from (
    select from_json(records.payload, '{
        "id": "BIGINT",
        "agreementId": "BIGINT",
        "product": {"id": "BIGINT", "identifier": "VARCHAR"},
        "description": "VARCHAR",
        "quantity": "DOUBLE",
        "lessIncluded": "DOUBLE",
        "billCustomer": "VARCHAR",
        "effectiveDate": "VARCHAR",
        "cancelledDate": "VARCHAR",
        "agreementStatus": "VARCHAR"
    }') as item
    from landing.agreement_additions as records
) as landed
where landed.item.id is not null
