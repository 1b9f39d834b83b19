/*
title    = "The configuration of a monitoring tool's asset stands under another company"
severity = "medium"
subject  = "core.tool_assets"
key      = ["asset_key"]
why      = """The machine was sold on or handed over, and its record stayed behind: one customer pays for what \
           the other uses."""
remedy   = """Find out where the machine is; move its configuration to that company in the PSA, or the asset to \
           the right organisation in the tool."""
source   = "Second pass of the links across companies"
tool_reports = ["serial_number"]
*/
select
    keys.company_id,
    links.asset_key as entity_id,
    coalesce(assets.name, '(no name)') as entity_name,
    'The asset ' || coalesce(assets.name, '(no name)') || ' in ' || assets.tool_name
    || ' has no configuration under its own company, but configuration ' || links.moved_configuration_id
    || ' of ' || coalesce(companies.name, 'company ' || links.moved_company_id) || ' has its serial number.'
        as reason,
    links.asset_key,
    assets.tool as monitored_by,
    assets.serial_number,
    links.moved_configuration_id as configuration_id,
    links.moved_company_id as other_company_id,
    assets.last_seen_at,
    assets.url as dashboard_url
from core.tool_assets as assets
join core.tool_asset_links as links
    on links.asset_key = assets.tool || '/' || assets.asset_id
join core.tool_asset_keys as keys
    on links.asset_key = keys.asset_key
left join psa.companies as companies
    on links.moved_company_id = companies.company_id
where
    keys.company_id is not null
    and links.moved_configuration_id is not null
