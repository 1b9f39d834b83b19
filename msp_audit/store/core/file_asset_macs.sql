/*
grain = "one row per asset of a monitoring tool that is read from files, and MAC address that can identify it"

[columns]
asset_key   = "The tool and its id of the asset."
tool        = "The monitoring tool."
mac_key     = "The MAC address."
asset_count = "Assets of the tool that have it; more than three, and it links nothing."
*/
select
    macs.tool || '/' || macs.asset_id as asset_key,
    macs.tool,
    macs.mac_address as mac_key,
    count(*) over (partition by macs.tool, macs.mac_address) as asset_count
from files.asset_macs as macs
where
    macs.mac_address is not null
    and not is_placeholder_mac(macs.mac_address)
