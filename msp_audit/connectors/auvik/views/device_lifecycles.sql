/*
grain = "one row per device whose maker publishes a lifecycle; read when auvik.lifecycles is on"

[columns]
device_id                            = "The device's id in Auvik."
tenant_id                            = "The tenant it belongs to."
name                                 = "Its name."
sales_availability                   = "Whether the model can be bought: covered, available, expired, securityOnly, unpublished, empty, unknown."
software_maintenance_status          = "Whether the maker still mends its software, in the same words."
security_software_maintenance_status = "Whether the maker still mends vulnerabilities, in the same words."
last_support_status                  = "Whether the maker supports it at all, in the same words."
*/
select
    landed.item.id as device_id,
    landed.item.relationships.tenant.data.id as tenant_id,
    clean(landed.item.attributes.deviceName) as name,
    clean(landed.item.attributes.salesAvailability) as sales_availability,
    clean(landed.item.attributes.softwareMaintenanceStatus) as software_maintenance_status,
    clean(landed.item.attributes.securitySoftwareMaintenanceStatus) as security_software_maintenance_status,
    clean(landed.item.attributes.lastSupportStatus) as last_support_status
from (
    select
        from_json(
            records.payload,
            '{"id":"VARCHAR",
             "attributes":{"deviceName":"VARCHAR", "salesAvailability":"VARCHAR",
                           "softwareMaintenanceStatus":"VARCHAR",
                           "securitySoftwareMaintenanceStatus":"VARCHAR",
                           "lastSupportStatus":"VARCHAR"},
             "relationships":{"tenant":{"data":{"id":"VARCHAR"}}}}'
        ) as item
    from landing.device_lifecycles as records
) as landed
where landed.item.id is not null
