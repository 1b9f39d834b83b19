/*
grain = "one row per asset of a monitoring tool, an Auvik device or an asset of another tool, and MAC address that can identify it"

[columns]
asset_key    = "Auvik's device ID; of other tools, the tool's name and its id of the asset."
monitored_by = "auvik, ninjaone, or the tool's name in the settings."
tool_name    = "The tool as reports call it."
mac_key      = "The MAC address."
asset_count  = "Assets of the tool that have it; more than three, and it links nothing."

[parts]
auvik = ["core.device_macs"]
tools = ["core.tool_asset_macs"]
*/
select
    macs.device_id as asset_key,
    'auvik' as monitored_by,
    'Auvik' as tool_name,
    macs.mac_key,
    macs.device_count as asset_count
from core.device_macs as macs
union all
select
    macs.asset_key,
    macs.tool as monitored_by,
    macs.tool_name,
    macs.mac_key,
    macs.asset_count
from core.tool_asset_macs as macs
