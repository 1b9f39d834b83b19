/*
grain = "one row per monitoring tool that is read from files"

[columns]
tool                  = "Its name in the settings."
reports_serial_number = "Whether it tells the serial number of an asset."
reports_mac_address   = "Whether it tells the MAC addresses of an asset."
reports_last_seen_at  = "Whether it tells when it last heard of an asset."
reports_is_online     = "Whether it tells which assets are online."
*/
select
    landed.item.tool as tool,
    list_contains(landed.item.reports, 'serial_number') as reports_serial_number,
    list_contains(landed.item.reports, 'mac_address') as reports_mac_address,
    list_contains(landed.item.reports, 'last_seen_at') as reports_last_seen_at,
    list_contains(landed.item.reports, 'is_online') as reports_is_online
from (
    select from_json(records.payload, '{"tool":"VARCHAR","reports":["VARCHAR"]}') as item
    from landing.tools as records
) as landed
