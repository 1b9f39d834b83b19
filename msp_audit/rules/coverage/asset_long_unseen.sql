/*
title    = "Active configuration of an asset that its monitoring tool has long not seen"
severity = "low"
subject  = "core.tool_assets"
key      = ["asset_key"]
why      = """The machine may be gone or only switched off; nobody has noticed, and it is billed all the same."""
remedy   = """Find the machine. If it is gone, remove it from the tool and set its configuration to an \
           inactive status; if not, repair the tool's agent."""
source   = "AV-L06, for monitoring tools other than Auvik"
tool_reports = ["last_seen_at"]

[params]
# Days after which an asset counts as long unseen.
unseen_after_days = 30
*/
select
    configurations.company_id,
    links.asset_key as entity_id,
    coalesce(assets.name, '(no name)') as entity_name,
    'The asset ' || coalesce(assets.name, '(no name)') || ' was last seen by ' || assets.tool_name || ' on '
    || strftime(assets.last_seen_at, '%Y-%m-%d') || ', yet its configuration '
    || coalesce(configurations.name, configurations.configuration_id::varchar) || ' is active.' as reason,
    links.asset_key,
    assets.tool as monitored_by,
    assets.serial_number,
    assets.last_seen_at,
    date_diff('day', assets.last_seen_at, $as_of) as unseen_days,
    configurations.configuration_id,
    configurations.is_billed,
    links.evidence as linked_by,
    assets.url as dashboard_url
from core.tool_assets as assets
join core.tool_asset_links as links
    on links.asset_key = assets.tool || '/' || assets.asset_id
join psa.configurations as configurations
    on links.configuration_id = configurations.configuration_id
where
    assets.last_seen_at < $as_of - to_days($unseen_after_days)
    and configurations.is_active
