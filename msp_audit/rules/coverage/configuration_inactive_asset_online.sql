/*
title    = "Configuration is inactive while its asset is online in a monitoring tool"
severity = "high"
subject  = "core.tool_assets"
key      = ["asset_key"]
why      = "A living, monitored machine is not billed and not listed, and its alerts find no configuration."
remedy   = """Set the configuration back to an active status in the PSA; if it is the wrong record, correct \
           its serial number or name so that it is not taken for the machine."""
source   = "AV-L04, for monitoring tools other than Auvik"
tool_reports = ["is_online"]
*/
select
    configurations.company_id,
    links.asset_key as entity_id,
    coalesce(assets.name, '(no name)') as entity_name,
    'The asset ' || coalesce(assets.name, '(no name)') || ' is online in ' || assets.tool_name
    || ', but its configuration '
    || coalesce(configurations.name, configurations.configuration_id::varchar) || ' is inactive.' as reason,
    links.asset_key,
    assets.tool as monitored_by,
    assets.serial_number,
    configurations.configuration_id,
    configurations.configuration_status_name,
    links.evidence as linked_by,
    assets.last_seen_at,
    assets.url as dashboard_url
from core.tool_assets as assets
join core.tool_asset_links as links
    on links.asset_key = assets.tool || '/' || assets.asset_id
join psa.configurations as configurations
    on links.configuration_id = configurations.configuration_id
where
    assets.is_managed
    and assets.is_online
    and not configurations.is_active
