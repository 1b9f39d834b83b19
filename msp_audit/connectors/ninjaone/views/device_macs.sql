/*
grain = "one row per NinjaOne device and MAC address of it, from the device list and from its network interfaces"

[columns]
device_id   = "The device's id in NinjaOne."
mac_address = "The address, as 12 hexadecimal digits."
*/
with
told as (
    select
        landed.item.id as device_id,
        unnest(landed.item.macAddresses) as mac_address
    from (
        select from_json(records.payload, '{"id":"VARCHAR","macAddresses":["VARCHAR"]}') as item
        from landing.devices as records
    ) as landed
    union all
    select
        landed.item.deviceId as device_id,
        unnest(landed.item.macAddress) as mac_address
    from (
        select from_json(records.payload, '{"deviceId":"VARCHAR","macAddress":["VARCHAR"]}') as item
        from landing.network_interfaces as records
    ) as landed
)

select distinct
    told.device_id,
    norm_mac(told.mac_address) as mac_address
from told
where
    told.device_id is not null
    and norm_mac(told.mac_address) is not null
