/*
grain = "one row per Auvik device of a mapped tenant that may be an Automate computer: which one, and how it is known"

[columns]
device_id       = "The Auvik device."
computer_id     = "The Automate computer that it is; null when several could be."
company_id      = "The PSA company of both."
confidence      = "certain, likely or ambiguous (several could be it)."
evidence        = "What decided, or what is ambiguous: serial number, same configuration or host name."
detail          = "What they agree in, in words."
candidate_count = "Computers that the evidence leads to."
*/
select
    found.asset_id as device_id,
    found.computer_id,
    found.company_id,
    found.confidence,
    found.evidence,
    found.detail,
    found.candidate_count
from computer_matches(
        'core.device_keys',
        'core.device_configuration_links',
        'core.computer_keys',
        'core.computer_configuration_links',
        device_id
    ) as found
