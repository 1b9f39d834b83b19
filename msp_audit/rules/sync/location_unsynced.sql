/*
title    = "Automate location is not mapped to a PSA site"
severity = "medium"
subject  = "automate.locations"
key      = ["location_id"]
parent   = "sync.client_unsynced.client_id"
why      = "Tickets and configurations of this location land on the company's default site, or nowhere."
remedy   = """In Automate open the Manage plugin (Dashboard > Config > Integration) and, under the site \
           mapping of the client, map the location to a PSA site or set it to ignored."""
source   = "seed 000, component 2: unsynced locations that are not ignored"

[params]
# true reports the locations of unmapped and ignored clients too, as the original audit's wording has it.
literal = false
*/
with links as (
    select
        client_links.client_id,
        min(client_links.company_id) as company_id
    from core.client_links as client_links
    group by client_links.client_id
)

select
    links.company_id,
    locations.location_id as entity_id,
    coalesce(locations.name, '(no name)') as entity_name,
    'The location ' || coalesce(locations.name, '(no name)') || ' of ' || coalesce(clients.name, '(no name)')
    || ' in Automate is not mapped to a site in ConnectWise PSA.' as reason,
    clients.client_id,
    clients.name as client_name,
    locations.city
from automate.locations as locations
join automate.clients as clients
    on locations.client_id = clients.client_id
left join links
    on clients.client_id = links.client_id
where
    not exists (
        select 1
        from automate.site_mappings as mappings
        where
            mappings.location_id = locations.location_id
            and mappings.site_id is not null
    )
    and not exists (
        select 1
        from automate.ignored_entities as ignored
        where
            ignored.entity_kind = 'location'
            and ignored.entity_id = locations.location_id
    )
    and (
        $literal
        or (
            links.company_id is not null
            and not exists (
                select 1
                from automate.ignored_entities as ignored
                where
                    ignored.entity_kind = 'client'
                    and ignored.entity_id = locations.client_id
            )
        )
    )
