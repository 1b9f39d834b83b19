/*
title    = "Automate computer has never been synced to the PSA"
severity = "high"
subject  = "automate.computers"
key      = ["computer_id"]
parent   = "sync.client_unsynced.client_id"
why      = """The Manage plugin keeps no PSA configuration for this computer, so it is missing from tickets, \
           agreements and reviews."""
remedy   = """In Automate open the Manage plugin (Dashboard > Config > Integration), check that an asset \
           template covers the computer's group, and resync the client's assets; or set the computer to \
           ignored."""
source   = "seed 000, component 3: unsynced assets, servers and workstations only"

[params]
# true also reports computers that the plugin would not sync anyway: of unmapped or ignored clients, of
# ignored locations, and of clients without an agreement template.
literal = false
*/
-- Materialised: the few that were never synced are found first, and only they are looked at further.
with unsynced as materialized (
    select
        machines.computer_id,
        machines.client_id,
        machines.location_id,
        machines.name,
        machines.is_server,
        machines.operating_system,
        machines.serial_number,
        machines.agent_version,
        machines.last_contact_at
    from automate.computers as machines
    where
        not exists (
            select 1
            from automate.asset_syncs as asset_syncs
            where
                asset_syncs.entity_kind = 'computer'
                and asset_syncs.entity_id = machines.computer_id
                and asset_syncs.configuration_id is not null
        )
        and not exists (
            select 1
            from automate.ignored_entities as ignored
            where
                ignored.entity_kind = 'computer'
                and ignored.entity_id = machines.computer_id
        )
),

links as (
    select
        client_links.client_id,
        min(client_links.company_id) as company_id
    from core.client_links as client_links
    group by client_links.client_id
),

templated as (
    select distinct mappings.client_id
    from automate.client_mappings as mappings
    where
        mappings.company_id is not null
        and mappings.service_template_id is not null
)

select
    links.company_id,
    computers.computer_id as entity_id,
    coalesce(computers.name, '(no name)') as entity_name,
    'The ' || case when computers.is_server then 'server ' else 'workstation ' end
    || coalesce(computers.name, '(no name)') || ' of ' || coalesce(clients.name, '(no name)')
    || ' in Automate has never been synced to ConnectWise PSA.' as reason,
    clients.client_id,
    clients.name as client_name,
    locations.name as location_name,
    computers.operating_system,
    computers.serial_number,
    computers.agent_version,
    computers.last_contact_at
from unsynced as computers
join automate.clients as clients
    on computers.client_id = clients.client_id
left join automate.locations as locations
    on computers.location_id = locations.location_id
left join links
    on clients.client_id = links.client_id
left join templated
    on clients.client_id = templated.client_id
where
    $literal
    or (
        templated.client_id is not null
        and not exists (
            select 1
            from automate.ignored_entities as ignored
            where
                ignored.entity_kind = 'location'
                and ignored.entity_id = computers.location_id
        )
        and not exists (
            select 1
            from automate.ignored_entities as ignored
            where
                ignored.entity_kind = 'client'
                and ignored.entity_id = computers.client_id
        )
    )
