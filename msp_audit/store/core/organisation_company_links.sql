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
names as (
    select
        lower(companies.name) as name_key,
        min(companies.company_id) as company_id,
        count(*) as company_count
    from psa.companies as companies
    where
        not companies.is_deleted
        and companies.name is not null
    group by lower(companies.name)
),

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
        case
            when links.company_id is not null then links.company_id
            when names.company_count = 1 then names.company_id
        end as company_id,
        case
            when links.company_id is not null then 'certain'
            when names.company_count = 1 then 'likely'
            when names.company_count > 1 then 'ambiguous'
            else 'none'
        end as confidence,
        case
            when links.company_id is not null then 'organisation map'
            when names.company_count > 0 then 'exact name'
        end as evidence,
        case
            when links.company_id is not null then 'mapped in the settings'
            when
                names.company_count > 1
                then organisations.name || ' is the name of ' || names.company_count || ' companies'
            when names.company_count = 1 then organisations.name
        end as detail
    from core.tool_organisations as organisations
    left join core.organisation_links as links
        on
            organisations.tool = links.tool
            and organisations.organisation_id = links.organisation_id
    left join names
        on lower(organisations.name) = names.name_key
)

select
    decided.tool,
    decided.organisation_id,
    decided.company_id,
    decided.confidence,
    decided.evidence,
    decided.detail,
    coalesce(serials.shared_serial_count, 0) as shared_serial_count
from decided
left join serials
    on
        decided.tool = serials.tool
        and decided.organisation_id = serials.organisation_id
        and decided.company_id = serials.company_id
