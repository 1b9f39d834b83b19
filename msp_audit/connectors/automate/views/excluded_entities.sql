/*
grain = "one row per client, location, computer and network device of an excluded client"

[columns]
entity_kind = "client, location, computer or network_device."
entity_id   = "Its id in Automate."
client_id   = "The excluded client."
*/
with landed as (
    select
        'client' as entity_kind,
        try_cast(records.payload ->> 'ClientID' as bigint) as entity_id,
        try_cast(records.payload ->> 'ClientID' as bigint) as client_id
    from landing.clients as records
    union all
    select
        'location' as entity_kind,
        try_cast(records.payload ->> 'LocationID' as bigint) as entity_id,
        try_cast(records.payload ->> 'ClientID' as bigint) as client_id
    from landing.locations as records
    union all
    select
        'computer' as entity_kind,
        try_cast(records.payload ->> 'ComputerID' as bigint) as entity_id,
        try_cast(records.payload ->> 'ClientID' as bigint) as client_id
    from landing.computers as records
)

select
    landed.entity_kind,
    landed.entity_id,
    landed.client_id
from landed
semi join automate.excluded_clients as excluded
    on landed.client_id = excluded.client_id
where landed.entity_id is not null
union all
select
    'network_device' as entity_kind,
    try_cast(devices.payload ->> 'DeviceID' as bigint) as entity_id,
    excluded.client_id
from landing.network_devices as devices
left join landing.locations as locations
    on
        try_cast(devices.payload ->> 'LocationID' as bigint)
        = try_cast(locations.payload ->> 'LocationID' as bigint)
join automate.excluded_clients as excluded
    on
        coalesce(
            try_cast(devices.payload ->> 'ClientID' as bigint),
            try_cast(locations.payload ->> 'ClientID' as bigint)
        ) = excluded.client_id
where try_cast(devices.payload ->> 'DeviceID' as bigint) is not null
