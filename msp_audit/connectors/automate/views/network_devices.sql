/*
grain = "one row per device that a probe of Automate found"

[columns]
network_device_id = "The network device's id in Automate."
location_id       = "The location it was found in."
client_id         = "The client; the database knows it only through the location."
name              = "Its name."
device_type       = "Its type: a name over REST, a code in exports."
ip_address        = "Its address."
mac_address       = "Its MAC address as 12 lower hexadecimal digits."
manufacturer      = "Its manufacturer."
model             = "Its model."
is_synced_to_psa  = "Whether Automate says that it is synced to the PSA; known over REST only."
last_contact_at   = "When it was last seen."
added_at          = "When it was first seen."
*/
select
    landed.item.DeviceID as network_device_id,
    landed.item.LocationID as location_id,
    coalesce(landed.item.ClientID, places.item.ClientID) as client_id,
    clean(landed.item.Name) as name,
    clean(landed.item.DeviceType) as device_type,
    clean(landed.item.IPAddress) as ip_address,
    norm_mac(landed.item.MAC) as mac_address,
    clean(landed.item.ManufacturerName) as manufacturer,
    clean(landed.item.ModelName) as model,
    landed.item.IsSyncedToManage as is_synced_to_psa,
    utc_from(landed.item.LastContact, clock.time_zone) as last_contact_at,
    utc_from(landed.item.DateAdded, clock.time_zone) as added_at
from (
    select
        from_json(
            records.payload,
            '{"DeviceID":"BIGINT", "LocationID":"BIGINT", "ClientID":"BIGINT", "Name":"VARCHAR",
             "DeviceType":"VARCHAR", "IPAddress":"VARCHAR", "MAC":"VARCHAR",
             "ManufacturerName":"VARCHAR", "ModelName":"VARCHAR", "IsSyncedToManage":"BOOLEAN",
             "LastContact":"VARCHAR", "DateAdded":"VARCHAR"}'
        ) as item
    from landing.network_devices as records
) as landed
left join automate.list_ways as clock
    on clock.resource = 'network_devices'
left join (
    select from_json(records.payload, '{"LocationID":"BIGINT", "ClientID":"BIGINT"}') as item
    from landing.locations as records
) as places
    on landed.item.LocationID = places.item.LocationID
anti join automate.excluded_clients as excluded
    on coalesce(landed.item.ClientID, places.item.ClientID) = excluded.client_id
where landed.item.DeviceID is not null
