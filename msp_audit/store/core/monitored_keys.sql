/*
grain = "one row per asset of a monitoring tool, an Auvik device or an asset of another tool: whose it is and what identifies it"

[columns]
asset_key     = "Auvik's device ID; of other tools, the tool's name and its id of the asset."
monitored_by  = "auvik, ninjaone, or the tool's name in the settings."
tool_name     = "The tool as reports call it."
company_id    = "The PSA company of its tenant or organisation; null when that is not mapped."
name          = "Its name."
device_type   = "What the tool says that it is."
serial_key    = "Its serial number for comparing; null when it identifies nothing or too many assets have it."
name_key      = "Its name for comparing, as a host name."
maker_key     = "Its maker for comparing."
shared_serial = "The serial number that more than three assets of the tool have."
last_seen_at  = "When the tool last saw it."

[parts]
auvik = ["auvik.devices", "core.device_keys"]
tools = ["core.tool_assets", "core.tool_asset_keys"]
*/
select
    devices.device_id as asset_key,
    'auvik' as monitored_by,
    'Auvik' as tool_name,
    keys.company_id,
    devices.name,
    devices.device_type,
    keys.serial_key,
    keys.name_key,
    keys.maker_key,
    keys.shared_serial,
    devices.last_seen_at
from auvik.devices as devices
inner join core.device_keys as keys
    on devices.device_id = keys.device_id
union all
select
    keys.asset_key,
    assets.tool as monitored_by,
    assets.tool_name,
    keys.company_id,
    assets.name,
    assets.kind as device_type,
    keys.serial_key,
    keys.name_key,
    keys.maker_key,
    keys.shared_serial,
    assets.last_seen_at
from core.tool_assets as assets
inner join core.tool_asset_keys as keys
    on
        assets.tool = keys.tool
        and assets.asset_id = keys.asset_id
