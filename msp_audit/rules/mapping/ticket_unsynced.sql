/*
title    = "Automate ticket has never reached the PSA"
severity = "high"
subject  = "automate.tickets"
key      = ["ticket_id"]
parent   = "sync.client_unsynced.client_id"
why      = "Something is broken at the customer, and the service desk does not know of it."
remedy   = """Open the ticket in Automate and read its last sync error; mend the cause (mapping of the \
           client, company status, board), then resync the ticket from the Manage plugin."""
source   = "Field practice: tickets whose external id is 0 some time after they were opened (column certain)"

[params]
# Minutes that the plugin has for a ticket before it counts as not synced.
wait_minutes = 120
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
    tickets.ticket_id as entity_id,
    coalesce(tickets.subject, '(no subject)') as entity_name,
    'The ticket ' || tickets.ticket_id || ' (' || coalesce(tickets.subject, 'no subject') || ') of '
    || coalesce(clients.name, '(no name)') || ' was opened in Automate on '
    || strftime(tickets.started_at, '%Y-%m-%d %H:%M')
    || ' UTC and has not reached ConnectWise PSA.' as reason,
    tickets.client_id,
    tickets.started_at,
    statuses.name as ticket_status_name,
    failures.message as last_failure
from automate.tickets as tickets
join automate.clients as clients
    on tickets.client_id = clients.client_id
left join links
    on tickets.client_id = links.client_id
left join automate.ticket_statuses as statuses
    on tickets.ticket_status_id = statuses.ticket_status_id
left join (
    select
        attempts.ticket_id,
        min(attempts.message) as message
    from automate.ticket_failures as attempts
    group by attempts.ticket_id
) as failures
    on tickets.ticket_id = failures.ticket_id
where
    tickets.external_id is null
    and tickets.started_at < $as_of - to_minutes($wait_minutes)
    and not exists (
        select 1
        from automate.ignored_entities as ignored
        where
            ignored.entity_kind = 'client'
            and ignored.entity_id = tickets.client_id
    )
    and not exists (
        select 1
        from automate.ignored_entities as ignored
        where
            ignored.entity_kind = 'location'
            and ignored.entity_id = tickets.location_id
    )
