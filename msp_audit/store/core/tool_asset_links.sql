/*
grain = "one row per asset of a monitoring tool other than Auvik: which PSA configuration stands for it, and how it is known"

[columns]
asset_key = "The tool and its id of the asset."
configuration_id = "The PSA configuration that stands for it; null when none is known beyond doubt."
company_id = "The PSA company of that configuration."
confidence = "certain, likely, ambiguous (several could be it) or none."
evidence = "What decided, or what is ambiguous; null when nothing agrees."
detail = "What they agree in, in words."
candidate_count = "Configurations that the evidence leads to."
suggested_configuration_id = "A configuration that may be it, for a person to look at; never taken for a link."
suggestion = "Why it is suggested."
moved_configuration_id = "The one configuration of another company with its serial number; null when there is a link, or none or several."
moved_company_id = "The company of that one."
*/
with
-- The tool's own integration says so itself. This holds across companies.
declared as (
    select
        assets.tool || '/' || assets.asset_id as asset_key,
        configurations.configuration_id,
        configurations.company_id
    from core.tool_assets as assets
    inner join psa.configurations as configurations
        on assets.configuration_id = configurations.configuration_id
)

select
    linked.asset_id as asset_key,
    coalesce(declared.configuration_id, linked.configuration_id) as configuration_id,
    case when declared.configuration_id is not null then declared.company_id else linked.company_id end
        as company_id,
    case when declared.configuration_id is not null then 'certain' else linked.confidence end as confidence,
    case when declared.configuration_id is not null then 'configuration id' else linked.evidence end
        as evidence,
    case
        when declared.configuration_id is not null then 'configuration ' || declared.configuration_id::varchar
        else linked.detail
    end as detail,
    case when declared.configuration_id is not null then 1 else linked.candidate_count end as candidate_count,
    case when declared.configuration_id is null then linked.suggested_configuration_id end
        as suggested_configuration_id,
    case when declared.configuration_id is null then linked.suggestion end as suggestion,
    case when declared.configuration_id is null then linked.moved_configuration_id end
        as moved_configuration_id,
    case when declared.configuration_id is null then linked.moved_company_id end as moved_company_id
from configuration_matches(
        'core.tool_asset_evidence',
        'core.configuration_keys',
        asset_key, -- noqa: RF02
        mac_key, -- noqa: RF02
        'host name'
    ) as linked
left join declared
    on linked.asset_id = declared.asset_key
