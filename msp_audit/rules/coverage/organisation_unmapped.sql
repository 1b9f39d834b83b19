/*
title    = "Organisation of a monitoring tool is mapped to no living PSA company"
severity = "medium"
subject  = "core.tool_organisations"
key      = ["tool", "organisation_id"]
why      = """Nothing of what the tool monitors there is compared with the PSA: what is not billed stays \
           unseen."""
remedy   = """Add the organisation to [ninjaone.organisations], or [files.<tool>.organisations], in the settings, \
           with the record id of its PSA company; a suggestion stands below where a company has exactly its name."""
source   = "Links between companies: declared first, an exact name only suggests"
tool_reports = []
*/
select
    case when links.confidence = 'likely' then links.company_id end as company_id,
    organisations.tool || '/' || organisations.organisation_id as entity_id,
    coalesce(organisations.name, '(no name)') as entity_name,
    'The organisation ' || coalesce(organisations.name, '(no name)') || ' in ' || organisations.tool_name
    || case
        when links.confidence = 'certain'
            then ' is mapped to company ' || links.company_id || ', which the PSA does not have, so its '
        else ' is mapped to no company, so its '
    end || count(assets.asset_id) || ' '
    || case when count(assets.asset_id) = 1 then 'asset is' else 'assets are' end || ' not compared'
    || case
        when links.confidence = 'likely' then '; company ' || links.company_id || ' has exactly its name.'
        else '.'
    end as reason,
    organisations.tool,
    organisations.organisation_id,
    organisations.tool as monitored_by,
    count(assets.asset_id) as asset_count,
    links.shared_serial_count
from core.tool_organisations as organisations
join core.organisation_company_links as links
    on
        organisations.tool = links.tool
        and organisations.organisation_id = links.organisation_id
left join psa.companies as companies
    on
        links.company_id = companies.company_id
        and not coalesce(companies.is_deleted, false)
left join core.tool_assets as assets
    on
        organisations.tool = assets.tool
        and organisations.organisation_id = assets.organisation_id
where
    links.confidence <> 'certain'
    or companies.company_id is null
group by
    organisations.tool,
    organisations.tool_name,
    organisations.organisation_id,
    organisations.name,
    links.confidence,
    links.company_id,
    links.shared_serial_count
