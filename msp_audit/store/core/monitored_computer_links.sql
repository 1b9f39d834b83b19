/*
grain = "one row per asset of a monitoring tool, an Auvik device or an asset of another tool, that may be an Automate computer"

[columns]
asset_key    = "Auvik's device ID; of other tools, the tool's name and its id of the asset."
monitored_by = "auvik, ninjaone, or the tool's name in the settings."
computer_id  = "The Automate computer that it is; null when several could be."
confidence   = "certain, likely or ambiguous (several could be it)."

[parts]
auvik = ["core.device_computer_links"]
tools = ["core.tool_asset_keys", "core.tool_asset_computer_links"]
*/
select
    links.device_id as asset_key,
    'auvik' as monitored_by,
    links.computer_id,
    links.confidence
from core.device_computer_links as links
union all
select
    links.asset_key,
    keys.tool as monitored_by,
    links.computer_id,
    links.confidence
from core.tool_asset_computer_links as links
inner join core.tool_asset_keys as keys
    on links.asset_key = keys.asset_key
