/*
grain = "one row per monitoring tool, PSA company that it serves, and configuration type of which it should know every active one"

[columns]
monitored_by = "auvik, ninjaone, or the tool's name in the settings."
tool_name    = "The tool as reports call it."
company_id   = "The PSA company."
type_key     = "The configuration type's name in lower case."

[parts]
auvik = ["auvik.sync_class_map", "core.tenant_links"]
tools = ["core.tool_types", "core.organisation_links"]
*/
with
-- Types that only Auvik feeds: servers and workstations have agents.
network_types as (
    select lower(class_map.configuration_type_name) as type_key
    from auvik.sync_class_map as class_map
    group by lower(class_map.configuration_type_name)
    having count(*) filter (where class_map.device_type in ('server', 'workstation', 'virtualMachine')) = 0
)

select distinct
    'auvik' as monitored_by,
    'Auvik' as tool_name,
    links.company_id,
    network_types.type_key
from core.tenant_links as links
cross join network_types
where links.syncs_inventory
union all
select distinct
    links.tool as monitored_by,
    links.tool_name,
    links.company_id,
    lower(covered.configuration_type_name) as type_key
from core.organisation_links as links
inner join core.tool_types as covered
    on links.tool = covered.tool
