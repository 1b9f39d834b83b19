/*
title    = "Serial number in a monitoring tool identifies nothing"
severity = "low"
subject  = "core.tool_assets"
key      = ["asset_key"]
why      = """A filler such as 'Default string' stands on many machines: this one can only be known by its \
           name, and a sync by serial number would take it for another."""
remedy   = """Correct the serial number in the machine's firmware or in the tool; if it is a filler that is \
           not known yet, add it to placeholder_serials.txt in the workspace."""
source   = "Links between assets: placeholder serial numbers"
tool_reports = ["serial_number"]
*/
select
    keys.company_id,
    keys.asset_key as entity_id,
    coalesce(assets.name, '(no name)') as entity_name,
    'The asset ' || coalesce(assets.name, '(no name)') || ' in ' || assets.tool_name
    || ' has the serial number "' || clean(assets.serial_number)
    || '", which does not identify a machine.' as reason,
    keys.asset_key,
    assets.tool as monitored_by,
    assets.serial_number,
    assets.manufacturer as make,
    assets.model,
    assets.url as dashboard_url
from core.tool_assets as assets
join core.tool_asset_keys as keys
    on
        assets.tool = keys.tool
        and assets.asset_id = keys.asset_id
where
    keys.company_id is not null
    and clean(assets.serial_number) is not null
    and is_placeholder_serial(assets.serial_number)
