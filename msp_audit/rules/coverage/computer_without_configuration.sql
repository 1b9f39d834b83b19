/*
title    = "Automate computer in use has no PSA configuration"
severity = "high"
subject  = "automate.computers"
key      = ["computer_id"]
why      = """A computer that the PSA does not know is neither billed nor reviewed, and its tickets stand \
           alone."""
remedy   = """Resync the client's assets in the Manage plugin (Dashboard > Config > Integration), or create \
           the configuration on the company's Configurations tab in the PSA; if the computer is gone, \
           retire its agent in Automate."""
source   = "Reconciliation of Automate computers with PSA configurations"

[params]
# Computers that last spoke to Automate longer ago are left to hygiene.computer_stale.
seen_within_days = 30
*/
with links as (
    select
        client_links.client_id,
        min(client_links.company_id) as company_id
    from core.client_links as client_links
    join psa.companies as companies
        on client_links.company_id = companies.company_id
    where not coalesce(companies.is_deleted, false)
    group by client_links.client_id
)

select
    links.company_id,
    computers.computer_id as entity_id,
    coalesce(computers.name, '(no name)') as entity_name,
    'The ' || case when computers.is_server then 'server ' else 'workstation ' end
    || coalesce(computers.name, '(no name)') || ' of ' || coalesce(clients.name, '(no name)')
    || ' was in contact with Automate on ' || strftime(computers.last_contact_at, '%Y-%m-%d')
    || ' but has no configuration in ConnectWise PSA.' as reason,
    computers.client_id,
    clients.name as client_name,
    locations.name as location_name,
    computers.operating_system,
    computers.serial_number,
    computers.manufacturer,
    computers.model,
    computers.last_contact_at
from automate.computers as computers
join links
    on computers.client_id = links.client_id
left join automate.clients as clients
    on computers.client_id = clients.client_id
left join automate.locations as locations
    on computers.location_id = locations.location_id
where
    computers.last_contact_at >= $as_of - to_days($seen_within_days)
    and not exists (
        select 1
        from core.computer_links as computer_links
        where computer_links.computer_id = computers.computer_id
    )
    and not exists (
        select 1
        from automate.ignored_entities as ignored
        where
            ignored.entity_kind = 'computer'
            and ignored.entity_id = computers.computer_id
    )
    and not exists (
        select 1
        from automate.ignored_entities as ignored
        where
            ignored.entity_kind = 'client'
            and ignored.entity_id = computers.client_id
    )
