/*
grain = "one row per device that Auvik's device list ever held, as far back as the store keeps, as it was last"

[columns]
device_id     = "The device's id in Auvik."
tenant_id     = "The tenant it belongs to."
name          = "Its name."
make          = "Who made it."
serial_number = "Its serial number, as read."
first_read_at = "When it was first read."
gone_at       = "When the list was first read without it; null while it is there."
return_count  = "How many times it was gone and came back."
*/
with
states as (
    select
        records.key,
        records.payload,
        records.from_at,
        records.to_at,
        coalesce(
            records.from_at > lag(records.to_at) over (partition by records.key order by records.from_at),
            false
        ) as is_return
    from landing.devices_history as records
),

devices as (
    select
        states.key,
        arg_max(states.payload, states.from_at) as payload,
        min(states.from_at) as first_read_at,
        case when count(states.to_at) = count(*) then max(states.to_at) end as gone_at,
        count(*) filter (where states.is_return) as return_count
    from states
    group by states.key
)

select
    landed.item.id as device_id,
    landed.item.relationships.tenant.data.id as tenant_id,
    clean(landed.item.attributes.deviceName) as name,
    coalesce(clean(landed.item.attributes.make), clean(landed.item.attributes.vendorName)) as make,
    nullif(landed.item.attributes.serialNumber, '') as serial_number,
    landed.first_read_at,
    landed.gone_at,
    landed.return_count
from (
    select
        from_json(
            devices.payload,
            '{"id":"VARCHAR",
             "attributes":{"deviceName":"VARCHAR", "make":"VARCHAR", "vendorName":"VARCHAR",
                           "serialNumber":"VARCHAR"},
             "relationships":{"tenant":{"data":{"id":"VARCHAR"}}}}'
        ) as item,
        devices.first_read_at,
        devices.gone_at,
        devices.return_count
    from devices
) as landed
where landed.item.id is not null
