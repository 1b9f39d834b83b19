/*
grain = "one row per organisation of a tool that is neither Automate nor Auvik: which PSA company it is, and how it is known"

[columns]
tool                = "The monitoring tool."
organisation_id     = "Its organisation."
company_id          = "The PSA company; null when none is known beyond doubt."
confidence          = "certain, likely (only suggested), ambiguous (several could be it) or none."
evidence            = "What decided: organisation map or exact name; or what is ambiguous."
detail              = "What they agree in, in words."
shared_serial_count = "Assets of the organisation whose serial number a configuration of the company has."
*/
with
serials as (
    select
        assets.tool,
        assets.organisation_id,
        configurations.company_id,
        count(distinct assets.asset_id) as shared_serial_count
    from core.tool_assets as assets
    inner join core.tool_asset_keys as keys
        on
            assets.tool = keys.tool
            and assets.asset_id = keys.asset_id
    inner join core.configuration_keys as configurations
        on keys.serial_key = configurations.serial_key
    group by
        assets.tool,
        assets.organisation_id,
        configurations.company_id
),

decided as (
    select
        organisations.tool,
        organisations.organisation_id,
        company_match(
            links.company_id,
            'organisation map',
            'mapped in the settings',
            organisations.name,
            names.company_id,
            names.company_count
        ) as match
    from core.tool_organisations as organisations
    left join core.organisation_links as links
        on
            organisations.tool = links.tool
            and organisations.organisation_id = links.organisation_id
    left join core.company_names as names
        on lower(organisations.name) = names.name_key
)

select
    decided.tool,
    decided.organisation_id,
    decided.match.company_id,
    decided.match.confidence,
    decided.match.evidence,
    decided.match.detail,
    coalesce(serials.shared_serial_count, 0) as shared_serial_count
from decided
left join serials
    on
        decided.tool = serials.tool
        and decided.organisation_id = serials.organisation_id
        and decided.match.company_id = serials.company_id
