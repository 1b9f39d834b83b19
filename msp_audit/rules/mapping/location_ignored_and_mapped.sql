/*
title    = "Automate location is ignored and mapped at once"
severity = "medium"
subject  = "automate.locations"
key      = ["location_id"]
why      = """Somebody decided twice, differently. The plugin's sync lights leave ignored entities out, so \
           nobody sees whether the location still reaches the PSA."""
remedy   = """In Automate open the Manage plugin (Dashboard > Config > Integration) and decide: remove the \
           location from the ignored entities, or take its site mapping away."""
source   = "Derived from seed 000: both lists name the same location (columns and codes inferred)"
*/
with mapped as (
    select
        mappings.location_id,
        min(mappings.site_id) as site_id,
        min(mappings.company_id) as company_id
    from automate.site_mappings as mappings
    where mappings.site_id is not null
    group by mappings.location_id
)

select
    mapped.company_id,
    locations.location_id as entity_id,
    coalesce(locations.name, '(no name)') as entity_name,
    'The Automate location ' || coalesce(locations.name, '(no name)')
    || ' is ignored in the Manage plugin, yet it is mapped to the PSA site record ' || mapped.site_id
    || '.' as reason,
    mapped.site_id as mapped_site_id
from automate.locations as locations
join mapped
    on locations.location_id = mapped.location_id
where
    exists (
        select 1
        from automate.ignored_entities as ignored
        where
            ignored.entity_kind = 'location'
            and ignored.entity_id = locations.location_id
    )
