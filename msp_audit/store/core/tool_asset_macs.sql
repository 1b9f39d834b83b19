/*
grain = "one row per asset of NinjaOne, or of a tool that is read from files, and MAC address that can identify it"

[columns]
asset_key   = "The tool and its id of the asset."
tool        = "The monitoring tool."
tool_name   = "The tool as reports call it."
mac_key     = "The MAC address."
asset_count = "Assets of the tool that have it; more than three, and it links nothing."

[parts]
files    = ["files.asset_macs"]
ninjaone = ["ninjaone.device_macs"]
*/
with
macs as (
    select
        asset_macs.tool,
        asset_macs.tool as tool_name,
        asset_macs.asset_id,
        asset_macs.mac_address
    from files.asset_macs as asset_macs
    union all
    select
        'ninjaone' as tool,
        'NinjaOne' as tool_name,
        device_macs.device_id as asset_id,
        device_macs.mac_address
    from ninjaone.device_macs as device_macs
)

select
    macs.tool || '/' || macs.asset_id as asset_key,
    macs.tool,
    macs.tool_name,
    macs.mac_address as mac_key,
    count(*) over (partition by macs.tool, macs.mac_address) as asset_count
from macs
where
    macs.mac_address is not null
    and not is_placeholder_mac(macs.mac_address)
