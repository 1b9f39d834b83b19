/*
title    = "An asset of a monitoring tool could be any of several configurations"
severity = "medium"
subject  = "core.tool_assets"
key      = ["asset_key"]
why      = """Nobody can say which record is the machine: warranty, tickets and billing stand on one of them \
           by chance."""
remedy   = "Merge the configurations in the PSA, or set all but one to an inactive status."
source   = "Links between assets: several candidates are never guessed"
tool_reports = []
*/
select
    keys.company_id,
    links.asset_key as entity_id,
    coalesce(assets.name, '(no name)') as entity_name,
    'The asset ' || coalesce(assets.name, '(no name)') || ' in ' || assets.tool_name || ' could be any of '
    || links.candidate_count || ' configurations: they share the '
    || coalesce(links.evidence, 'same evidence') || '.' as reason,
    links.asset_key,
    assets.tool as monitored_by,
    assets.serial_number,
    links.evidence,
    links.detail,
    links.candidate_count,
    assets.url as dashboard_url
from core.tool_assets as assets
join core.tool_asset_links as links
    on links.asset_key = assets.tool || '/' || assets.asset_id
join core.tool_asset_keys as keys
    on links.asset_key = keys.asset_key
where links.confidence = 'ambiguous'
