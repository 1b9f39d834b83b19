/*
grain = "one row per Auvik device: which PSA configuration stands for it, and how it is known"

[columns]
device_id = "The Auvik device."
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
-- The sync wrote the device's ID into the configuration. This holds across companies.
declared as ( -- noqa: ST03
    select
        ids.device_id as asset_id,
        ids.configuration_id,
        ids.company_id
    from core.auvik_device_ids as ids
    where ids.is_sole
)

select
    matches.asset_id as device_id,
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
        'core.device_keys',
        'core.configuration_keys',
        device_id, -- noqa: RF02
        null::varchar,
        'device name',
        'declared',
        'device ID'
    ) as matches
