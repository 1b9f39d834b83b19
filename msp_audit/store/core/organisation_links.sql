/*
grain = "one row per organisation, of NinjaOne or a tool that is read from files, that the settings map to a PSA company"

[columns]
tool            = "The monitoring tool."
tool_name       = "The tool as reports call it."
organisation_id = "Its organisation."
company_id      = "The PSA company."
*/
select
    organisations.tool,
    organisations.tool_name,
    organisations.organisation_id,
    organisations.company_id
from core.tool_organisations as organisations
where organisations.company_id is not null
