/*
grain = "one row per asset of one source and what it is in another: Automate, Auvik and other monitoring tools with PSA, the latter two with Automate"

[columns]
from_source     = "The source of the asset: automate, auvik, ninjaone or a tool of [files]."
from_id         = "Its id there."
to_source       = "The other source: psa or automate."
to_id           = "What it is there; null when nothing is known beyond doubt."
company_id      = "The PSA company of the link."
confidence      = "certain, likely, ambiguous (several could be it) or none."
evidence        = "What decided, or what is ambiguous; null when nothing agrees."
detail          = "What they agree in, in words."
candidate_count = "Assets that the evidence leads to."
suggested_id    = "An asset that may be it, for a person to look at; never taken for a link."
suggestion      = "Why it is suggested."
moved_id        = "The one asset of another company with its serial number; null when there is a link, or none or several."
moved_company_id = "The company of that one."

[parts]
automate = ["core.computer_configuration_links"]
auvik = ["core.device_configuration_links"]
tools = ["core.tool_asset_keys", "core.tool_asset_links"]
"auvik with automate" = ["core.device_computer_links"]
"tools with automate" = ["core.tool_asset_computer_links"]
*/
select
    'automate' as from_source,
    links.computer_id::varchar as from_id,
    'psa' as to_source,
    links.configuration_id::varchar as to_id,
    links.company_id,
    links.confidence,
    links.evidence,
    links.detail,
    links.candidate_count,
    links.suggested_configuration_id::varchar as suggested_id,
    links.suggestion,
    links.moved_configuration_id::varchar as moved_id,
    links.moved_company_id
from core.computer_configuration_links as links
union all
select
    'auvik' as from_source,
    links.device_id as from_id,
    'psa' as to_source,
    links.configuration_id::varchar as to_id,
    links.company_id,
    links.confidence,
    links.evidence,
    links.detail,
    links.candidate_count,
    links.suggested_configuration_id::varchar as suggested_id,
    links.suggestion,
    links.moved_configuration_id::varchar as moved_id,
    links.moved_company_id
from core.device_configuration_links as links
union all
select
    'auvik' as from_source,
    links.device_id as from_id,
    'automate' as to_source,
    links.computer_id::varchar as to_id,
    links.company_id,
    links.confidence,
    links.evidence,
    links.detail,
    links.candidate_count,
    null::varchar as suggested_id,
    null::varchar as suggestion,
    null::varchar as moved_id,
    null::bigint as moved_company_id
from core.device_computer_links as links
union all
select
    keys.tool as from_source,
    keys.asset_id as from_id,
    'psa' as to_source,
    links.configuration_id::varchar as to_id,
    links.company_id,
    links.confidence,
    links.evidence,
    links.detail,
    links.candidate_count,
    links.suggested_configuration_id::varchar as suggested_id,
    links.suggestion,
    links.moved_configuration_id::varchar as moved_id,
    links.moved_company_id
from core.tool_asset_links as links
inner join core.tool_asset_keys as keys
    on links.asset_key = keys.asset_key
union all
select
    keys.tool as from_source,
    keys.asset_id as from_id,
    'automate' as to_source,
    links.computer_id::varchar as to_id,
    links.company_id,
    links.confidence,
    links.evidence,
    links.detail,
    links.candidate_count,
    null::varchar as suggested_id,
    null::varchar as suggestion,
    null::varchar as moved_id,
    null::bigint as moved_company_id
from core.tool_asset_computer_links as links
inner join core.tool_asset_keys as keys
    on links.asset_key = keys.asset_key
