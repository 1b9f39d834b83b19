/*
title    = "Automate location carries no PSA site id"
severity = "medium"
subject  = "automate.locations"
key      = ["location_id"]
parent   = "sync.client_without_external_id.client_id"
why      = """Without the Manage plugin's tables the external id is the only sign of a link: as far as can \
           be seen, the location has none with the PSA."""
remedy   = """Map the location to its PSA site in the Manage plugin (Dashboard > Config > Integration). If \
           it is ignored there on purpose, read the plugin's tables too: automate.mysql or \
           automate.exports."""
source   = """Vendor's REST description: external id of a location (certain); judged only where the \
           plugin's tables are not read"""
*/
select
    null::bigint as company_id,
    locations.location_id as entity_id,
    coalesce(locations.name, '(no name)') as entity_name,
    'The Automate location ' || coalesce(locations.name, '(no name)')
    || ' carries no id of a site in ConnectWise PSA.' as reason,
    locations.client_id,
    locations.city
from automate.locations as locations
where
    locations.external_id is null
    and not exists (
        select 1
        from automate.list_ways as ways
        where
            ways.resource = 'site_mappings'
            and ways.way is not null
    )
