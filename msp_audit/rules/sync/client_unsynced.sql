/*
title    = "Automate client is not mapped to a PSA company"
severity = "high"
subject  = "automate.clients"
key      = ["client_id"]
why      = "Nothing of this client reaches the PSA: no site, no configuration, no ticket, no invoice."
remedy   = """In Automate open the Manage plugin (Dashboard > Config > Integration) and, under the company \
           mapping, map the client to its PSA company or set it to ignored."""
source   = "seed 000, component 1: unsynced clients that are not ignored"
*/
with located as (
    select
        locations.client_id,
        count(*) as location_count
    from automate.locations as locations
    group by locations.client_id
),

managed as (
    select
        computers.client_id,
        count(*) as computer_count
    from automate.computers as computers
    group by computers.client_id
)

select
    null::bigint as company_id,
    clients.client_id as entity_id,
    coalesce(clients.name, '(no name)') as entity_name,
    'The Automate client ' || coalesce(clients.name, '(no name)')
    || ' is not mapped to a company in ConnectWise PSA and is not ignored either.' as reason,
    clients.city,
    clients.external_id,
    coalesce(located.location_count, 0) as location_count,
    coalesce(managed.computer_count, 0) as computer_count
from automate.clients as clients
left join located
    on clients.client_id = located.client_id
left join managed
    on clients.client_id = managed.client_id
where
    not exists (
        select 1
        from automate.client_mappings as mappings
        where
            mappings.client_id = clients.client_id
            and mappings.company_id is not null
    )
    and not exists (
        select 1
        from automate.ignored_entities as ignored
        where
            ignored.entity_kind = 'client'
            and ignored.entity_id = clients.client_id
    )
