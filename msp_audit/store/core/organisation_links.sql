/*
grain = "one row per organisation, of a tool that is read from files, that the settings map to a PSA company"

[columns]
tool            = "The monitoring tool."
organisation_id = "Its organisation."
company_id      = "The PSA company."
*/
select
    organisations.tool,
    organisations.organisation_id,
    organisation_map.company_id
from files.organisations as organisations
inner join files.organisation_map as organisation_map
    on
        organisations.tool = organisation_map.tool
        and organisations.organisation_id = organisation_map.organisation_id
