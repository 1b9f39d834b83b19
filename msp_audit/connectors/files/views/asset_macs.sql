/*
grain = "one row per asset of a monitoring tool that is read from files, and MAC address of it"

[columns]
tool        = "The monitoring tool."
asset_id    = "Its id of the asset."
mac_address = "The address, as 12 hexadecimal digits."
*/
select distinct
    landed.item.tool as tool,
    landed.item.asset_id as asset_id,
    norm_mac(landed.item.mac_address) as mac_address
from (
    select
        from_json(
            records.payload, '{"tool":"VARCHAR","asset_id":"VARCHAR","mac_address":"VARCHAR"}'
        ) as item
    from landing.asset_macs as records
) as landed
