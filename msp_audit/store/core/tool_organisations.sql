/*
grain = "one row per organisation of NinjaOne, or of a tool that is read from files"

[columns]
tool            = "The monitoring tool: ninjaone, or its name in the settings."
tool_name       = "The tool as reports call it."
organisation_id = "Its id of the organisation."
name            = "The organisation's name."
company_id      = "The PSA company that the settings map it to; null when they do not."

[parts]
files    = ["files.organisations", "files.organisation_map"]
ninjaone = ["ninjaone.organisations", "ninjaone.organisation_map"]
*/
select
    organisations.tool,
    organisations.tool as tool_name,
    organisations.organisation_id,
    organisations.name,
    organisation_map.company_id
from files.organisations as organisations
left join files.organisation_map as organisation_map
    on
        organisations.tool = organisation_map.tool
        and organisations.organisation_id = organisation_map.organisation_id
union all
select
    'ninjaone' as tool,
    'NinjaOne' as tool_name,
    organisations.organisation_id,
    organisations.name,
    organisation_map.company_id
from ninjaone.organisations as organisations
left join ninjaone.organisation_map as organisation_map
    on organisations.organisation_id = organisation_map.organisation_id
