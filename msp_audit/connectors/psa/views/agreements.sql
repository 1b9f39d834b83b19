/*
grain = "one row per agreement, cancelled and expired ones too"

[columns]
agreement_id        = "The agreement's record id."
company_id          = "The company that signed it."
name                = "Name."
agreement_type_id   = "Type of agreement."
agreement_type_name = "Name of the type."
agreement_status    = "Active, Cancelled, Expired or Inactive."
is_cancelled        = "Cancelled."
starts_on           = "First day."
ends_on             = "Last day."
has_no_end          = "Runs until it is cancelled."
*/
select
    landed.item.id as agreement_id,
    landed.item.company.id as company_id,
    clean(landed.item.name) as name,
    landed.item.type.id as agreement_type_id,
    clean(landed.item.type.name) as agreement_type_name,
    clean(landed.item.agreementstatus) as agreement_status,
    landed.item.cancelledflag as is_cancelled,
    utc(landed.item.startdate)::date as starts_on,
    utc(landed.item.enddate)::date as ends_on,
    landed.item.noendingdateflag as has_no_end
from (
    select from_json(records.payload, '{
        "id": "BIGINT",
        "company": {"id": "BIGINT"},
        "name": "VARCHAR",
        "type": {"id": "BIGINT", "name": "VARCHAR"},
        "agreementStatus": "VARCHAR",
        "cancelledFlag": "BOOLEAN",
        "startDate": "VARCHAR",
        "endDate": "VARCHAR",
        "noEndingDateFlag": "BOOLEAN"
    }') as item
    from landing.agreements as records
) as landed
where landed.item.id is not null
