/*
grain = "one row per asset of NinjaOne, or of a tool that is read from files"

[columns]
tool             = "The monitoring tool: ninjaone, or its name in the settings."
tool_name        = "The tool as reports call it."
asset_id         = "Its id of the asset."
organisation_id  = "The organisation that the asset belongs to."
site_id          = "The site or location that it stands at."
name             = "Its host name."
kind             = "server, workstation, network or other; null where the tool does not say."
manufacturer     = "Its maker."
model            = "Its model."
serial_number    = "Its serial number; of NinjaOne's, the system's where it identifies something, else the BIOS's."
ip_addresses     = "Its IP addresses."
operating_system = "Its operating system; NinjaOne's is not read."
last_seen_at     = "When the tool last heard of it; null where it does not report that."
is_online        = "Whether it is online; null where the tool does not report that."
is_managed       = "Whether the tool manages it; true where it does not say."
configuration_id = "The PSA configuration that the tool itself ties it to; NinjaOne does not tell."
url              = "Address of its page in the tool."

[parts]
files    = ["files.assets"]
ninjaone = ["ninjaone.devices", "ninjaone.computer_systems"]
*/
select
    assets.tool,
    assets.tool as tool_name,
    assets.asset_id,
    assets.organisation_id,
    assets.site_id,
    assets.name,
    assets.kind,
    assets.manufacturer,
    assets.model,
    assets.serial_number,
    case when assets.ip_address is not null then [assets.ip_address] end as ip_addresses,
    assets.operating_system,
    assets.last_seen_at,
    assets.is_online,
    assets.is_managed,
    assets.configuration_id,
    assets.url
from files.assets as assets
union all
select
    'ninjaone' as tool,
    'NinjaOne' as tool_name,
    devices.device_id as asset_id,
    devices.organisation_id,
    devices.location_id as site_id,
    devices.name,
    devices.kind,
    systems.manufacturer,
    systems.model,
    case
        when not is_placeholder_serial(systems.serial_number) then systems.serial_number
        when not is_placeholder_serial(systems.bios_serial_number) then systems.bios_serial_number
        else coalesce(systems.serial_number, systems.bios_serial_number)
    end as serial_number,
    devices.ip_addresses,
    null::varchar as operating_system,
    devices.last_seen_at,
    devices.is_online,
    devices.is_managed,
    null::bigint as configuration_id,
    devices.dashboard_url as url
from ninjaone.devices as devices
left join ninjaone.computer_systems as systems
    on devices.device_id = systems.device_id
-- A website that is watched from outside is no asset.
where devices.node_class is distinct from 'CLOUD_MONITOR_TARGET'
