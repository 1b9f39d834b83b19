/*
grain = "one row per Automate computer: which PSA configuration stands for it, and how it is known"

[columns]
computer_id = "The Automate computer."
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
-- The plugin says so itself. This holds across companies: the record is a fact, not a guess.
declared as ( -- noqa: ST03
    select
        syncs.entity_id as asset_id,
        min(configurations.configuration_id) as configuration_id,
        min(configurations.company_id) as company_id
    from automate.asset_syncs as syncs
    inner join psa.configurations as configurations
        on syncs.configuration_id = configurations.configuration_id
    where
        syncs.entity_kind = 'computer'
        and syncs.entity_id is not null
    group by syncs.entity_id
    having count(distinct configurations.configuration_id) = 1
)

select
    matches.asset_id as computer_id,
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
        'core.computer_keys',
        'core.configuration_keys',
        computer_id, -- noqa: RF02
        mac_key, -- noqa: RF02,RF03
        'host name',
        'declared',
        'asset sync'
    ) as matches
