/*
title    = "Managed device of a monitoring tool has no PSA configuration"
severity = "medium"
subject  = "core.monitored_assets"
key      = ["device_id"]
why      = """The device is monitored and counted by the tool, but the PSA cannot bill it or tie its alerts to \
           an asset."""
remedy   = """In Auvik open Integrations > ConnectWise PSA > Inventory and look at the device's state under \
           Inventory Mappings; give it an identifier, a device class mapping, or map it by hand. For another \
           tool create the configuration in the PSA, or let the tool's own integration make it."""
source   = "seed 001: inventory sync to ConnectWise PSA"
tool_reports = []
*/
select
    assets.company_id,
    assets.asset_key as entity_id,
    coalesce(assets.name, '(no name)') as entity_name,
    'The ' || assets.tool_name || ' device ' || coalesce(assets.name, '(no name)') || ' of '
    || coalesce(assets.organisation_name, '(no name)')
    || ' is managed but has no configuration in ConnectWise PSA.' as reason,
    assets.monitored_by,
    assets.organisation_name as tenant_name,
    assets.device_type,
    assets.make,
    assets.model,
    assets.serial_number,
    assets.ip_addresses,
    assets.online_status,
    assets.last_seen_at,
    assets.dashboard_url
from core.monitored_assets as assets
where
    assets.company_id is not null
    and assets.is_managed
    and assets.configuration_id is null
