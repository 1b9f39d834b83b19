/*
grain = "one row per device in Auvik's device list"

[columns]
device_id        = "The device's id in Auvik; the same in both versions of the API."
tenant_id        = "The tenant it belongs to."
name             = "Its one name in the API; Auvik may match by a discovered host name that no API shows."
device_type      = "Its class: switch, firewall, unknown …"
make             = "Who made it."
model            = "Which model it is."
serial_number    = "Its serial number, as read; placeholders such as 'Default string' occur."
ip_addresses     = "Its addresses."
description      = "What it says about itself."
firmware_version = "Version of its firmware."
software_version = "Version of its software."
online_status    = "online, offline, unreachable, dormant …"
is_managed       = "Whether Auvik manages it; null where neither list says so."
last_seen_at     = "When it was last seen."
dashboard_url    = "Its page in Auvik."
api_version      = "The version of the device list: v1 or v2. The two do not list the same devices."
*/
select
    landed.item.id as device_id,
    landed.item.relationships.tenant.data.id as tenant_id,
    clean(landed.item.attributes.deviceName) as name,
    clean(landed.item.attributes.deviceType) as device_type,
    coalesce(clean(landed.item.attributes.make), clean(landed.item.attributes.vendorName)) as make,
    coalesce(clean(landed.item.attributes.model), clean(landed.item.attributes.makeModel)) as model,
    nullif(landed.item.attributes.serialNumber, '') as serial_number,
    landed.item.attributes.ipAddresses as ip_addresses,
    clean(landed.item.attributes.description) as description,
    clean(landed.item.attributes.firmwareVersion) as firmware_version,
    clean(landed.item.attributes.softwareVersion) as software_version,
    clean(landed.item.attributes.onlineStatus) as online_status,
    coalesce(landed.item.attributes.manageStatus, details.is_managed) as is_managed,
    utc(landed.item.attributes.lastSeenTime) as last_seen_at,
    clean(landed.item.links.dashboard) as dashboard_url,
    landed.item.apiVersion as api_version
from (
    select
        from_json(
            records.payload,
            '{"id":"VARCHAR", "apiVersion":"VARCHAR",
             "attributes":{"deviceName":"VARCHAR", "deviceType":"VARCHAR", "make":"VARCHAR",
                           "vendorName":"VARCHAR", "model":"VARCHAR", "makeModel":"VARCHAR",
                           "serialNumber":"VARCHAR", "ipAddresses":["VARCHAR"],
                           "description":"VARCHAR", "firmwareVersion":"VARCHAR",
                           "softwareVersion":"VARCHAR", "onlineStatus":"VARCHAR",
                           "manageStatus":"BOOLEAN", "lastSeenTime":"VARCHAR"},
             "relationships":{"tenant":{"data":{"id":"VARCHAR"}}},
             "links":{"dashboard":"VARCHAR"}}'
        ) as item
    from landing.devices as records
) as landed
left join auvik.device_details as details
    on landed.item.id = details.device_id
where landed.item.id is not null
