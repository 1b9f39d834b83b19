/*
grain = "one row per cross reference: what an integration makes of one vendor type and level"

[columns]
cross_reference_id    = "The cross reference's record id."
integration_id        = "The integration, see psa.managed_devices_integrations."
vendor_type           = "Device type in the tool's words; compared case-sensitively."
vendor_level          = "Service level in the tool's words."
agreement_type_id     = "Type of agreement that is billed."
product_id            = "Product that is billed."
configuration_type_id = "Type given to configurations."
is_inactive           = "Devices of this type are ignored."
*/
select
    landed.item.id as cross_reference_id,
    landed.item.manageddevicesintegration.id as integration_id,
    clean(landed.item.vendortype) as vendor_type,
    clean(landed.item.vendorlevel) as vendor_level,
    landed.item.agreementtype.id as agreement_type_id,
    landed.item.product.id as product_id,
    landed.item.configurationtype.id as configuration_type_id,
    landed.item.inactiveflag as is_inactive
from (
    select from_json(records.payload, '{
        "id": "BIGINT",
        "managedDevicesIntegration": {"id": "BIGINT"},
        "vendorType": "VARCHAR",
        "vendorLevel": "VARCHAR",
        "agreementType": {"id": "BIGINT"},
        "product": {"id": "BIGINT"},
        "configurationType": {"id": "BIGINT"},
        "inactiveFlag": "BOOLEAN"
    }') as item
    from landing.integration_cross_references as records
) as landed
where landed.item.id is not null
