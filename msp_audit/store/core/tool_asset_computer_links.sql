/*
grain = "one row per asset, of a mapped company and a tool that is neither Automate nor Auvik, that may be an Automate computer: which one, and how it is known"

[columns]
asset_key       = "The tool and its id of the asset."
computer_id     = "The Automate computer that it is; null when several could be."
company_id      = "The PSA company of both."
confidence      = "certain, likely or ambiguous (several could be it)."
evidence        = "What decided, or what is ambiguous: serial number, same configuration or host name."
detail          = "What they agree in, in words."
candidate_count = "Computers that the evidence leads to."
*/
select
    found.asset_id as asset_key,
    found.computer_id,
    found.company_id,
    found.confidence,
    found.evidence,
    found.detail,
    found.candidate_count
from computer_matches(
        'core.tool_asset_keys',
        'core.tool_asset_links',
        'core.computer_keys',
        'core.computer_configuration_links',
        asset_key
    ) as found
