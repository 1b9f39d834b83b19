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
declared as ( -- noqa: ST03
    select
        assets.tool || '/' || assets.asset_id as asset_id,
        configurations.configuration_id,
        configurations.company_id
    from core.tool_assets as assets
    inner join psa.configurations as configurations
        on assets.configuration_id = configurations.configuration_id
)

select
    matches.asset_id as asset_key,
    matches.configuration_id,
    matches.company_id,
    matches.confidence,
    matches.evidence,
    matches.detail,
    matches.candidate_count,
    matches.suggested_configuration_id,
    matches.suggestion,
    matches.moved_configuration_id,
    matches.moved_company_id
from configuration_matches(
        'core.tool_asset_evidence',
        'core.configuration_keys',
        asset_key, -- noqa: RF02
        mac_key, -- noqa: RF02,RF03
        'host name',
        'declared',
        'configuration id'
    ) as matches
