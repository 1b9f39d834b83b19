/*
grain = "one row per network interface of a device in Auvik"

[columns]
interface_id   = "The interface's id in Auvik."
device_id      = "The device it is part of."
tenant_id      = "The tenant it belongs to."
name           = "Its name."
interface_type = "ethernet, wifi, virtualNic …"
mac_address    = "Its MAC address as 12 lower hexadecimal digits."
*/
select
    landed.item.id as interface_id,
    landed.item.relationships.parentDevice.data.id as device_id,
    landed.item.relationships.tenant.data.id as tenant_id,
    clean(landed.item.attributes.interfaceName) as name,
    clean(landed.item.attributes.interfaceType) as interface_type,
    norm_mac(landed.item.attributes.macAddress) as mac_address
from (
    select
        from_json(
            records.payload,
            '{"id":"VARCHAR",
             "attributes":{"interfaceName":"VARCHAR", "interfaceType":"VARCHAR",
                           "macAddress":"VARCHAR"},
             "relationships":{"tenant":{"data":{"id":"VARCHAR"}},
                              "parentDevice":{"data":{"id":"VARCHAR"}}}}'
        ) as item
    from landing.interfaces as records
) as landed
where landed.item.id is not null
