/*
title    = "Automate location's external id is not its mapped PSA site"
severity = "low"
subject  = "automate.locations"
key      = ["location_id"]
why      = """Automate and the Manage plugin disagree about where this location is; what reads the \
           external id sends people to another address."""
remedy   = """Decide which site is right. Correct the location's External ID in Automate, or map the \
           location anew under the client's site mapping in the Manage plugin (Dashboard > Config > \
           Integration)."""
source   = """Community clean-up of plugin mappings, for locations (external id certain over REST, mapping \
           columns inferred)"""
*/
with mapped as (
    select
        mappings.location_id,
        min(mappings.company_id) as company_id,
        list_sort(list(distinct mappings.site_id)) as site_ids
    from automate.site_mappings as mappings
    where mappings.site_id is not null
    group by mappings.location_id
)

select
    mapped.company_id,
    locations.location_id as entity_id,
    coalesce(locations.name, '(no name)') as entity_name,
    'The Automate location ' || coalesce(locations.name, '(no name)') || ' carries the external id '
    || locations.external_id || ', but the Manage plugin maps it to the PSA site record '
    || array_to_string(mapped.site_ids, ', ') || '.' as reason,
    locations.client_id,
    locations.external_id,
    mapped.site_ids
from automate.locations as locations
join mapped
    on locations.location_id = mapped.location_id
where
    locations.external_id is not null
    and not list_contains(mapped.site_ids, locations.external_id)
