/*
grain = "one row per device whose discovery Auvik tells about"

[columns]
device_id     = "The device's id in Auvik."
tenant_id     = "The tenant it belongs to."
is_managed    = "Whether Auvik manages it."
snmp_status   = "How far discovery by SNMP came: disabled, notAuthorized, authorized …"
login_status  = "How far discovery by login came."
wmi_status    = "How far discovery by WMI came."
vmware_status = "How far discovery by VMware came."
*/
select
    landed.item.id as device_id,
    landed.item.relationships.tenant.data.id as tenant_id,
    landed.item.attributes.manageStatus as is_managed,
    clean(landed.item.attributes.discoveryStatus.snmp) as snmp_status,
    clean(landed.item.attributes.discoveryStatus.login) as login_status,
    clean(landed.item.attributes.discoveryStatus.wmi) as wmi_status,
    clean(landed.item.attributes.discoveryStatus.vmware) as vmware_status
from (
    select
        from_json(
            records.payload,
            '{"id":"VARCHAR",
             "attributes":{"manageStatus":"BOOLEAN",
                           "discoveryStatus":{"snmp":"VARCHAR", "login":"VARCHAR", "wmi":"VARCHAR",
                                              "vmware":"VARCHAR"}},
             "relationships":{"tenant":{"data":{"id":"VARCHAR"}}}}'
        ) as item
    from landing.device_details as records
) as landed
where landed.item.id is not null
