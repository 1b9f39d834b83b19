/*
title    = "Site mapping of the Manage plugin has outlived its location"
severity = "low"
subject  = "automate.site_mappings"
key      = ["location_id"]
why      = "The location was deleted in Automate, its mapping was not: the PSA site looks taken."
remedy   = """In Automate open the Manage plugin (Dashboard > Config > Integration) and remove the mapping \
           under the client's site mapping; where the screen no longer shows it, ask the vendor to \
           delete the row."""
source   = "Seed 000: deleting a location never touches the plugin's tables (table certain, columns inferred)"
*/
with orphans as (
    select
        mappings.location_id,
        min(mappings.company_id) as company_id,
        min(mappings.site_id) as site_id
    from automate.site_mappings as mappings
    where
        mappings.location_id > 0
        and not exists (
            select 1
            from automate.locations as locations
            where locations.location_id = mappings.location_id
        )
        and not exists (
            select 1
            from automate.excluded_entities as excluded
            where
                excluded.entity_kind = 'location'
                and excluded.entity_id = mappings.location_id
        )
    group by mappings.location_id
)

select
    orphans.company_id,
    orphans.location_id as entity_id,
    '(location ' || orphans.location_id || ')' as entity_name,
    'The Manage plugin still maps the location record ' || orphans.location_id
    || ', which is no longer in Automate.' as reason,
    orphans.site_id
from orphans
