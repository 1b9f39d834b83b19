/*
title    = "Ticket status is mapped to a PSA status that is inactive or gone"
severity = "medium"
subject  = "automate.status_mappings_to_psa"
key      = ["ticket_status_id", "board_id", "board_status_id"]
why      = """A ticket that reaches this status in Automate cannot be set to it in the PSA and keeps its \
           old one."""
remedy   = """In Automate open the Manage plugin (Dashboard > Config > Integration) and, under the ticket \
           status mapping from Automate to Manage, choose an active status of the board."""
source   = "Seed 000 and field clean-ups of inactive statuses (table certain, columns inferred)"
*/
select distinct
    null::bigint as company_id,
    mappings.ticket_status_id || '@' || coalesce(mappings.board_id, 0) as entity_id,
    coalesce(tickets.name, '(no name)') as entity_name,
    'The ticket status ' || coalesce(tickets.name, '(no name)') || ' in Automate is mapped to the status '
    || coalesce(statuses.name, '(record ' || mappings.board_status_id || ')') || ' in ConnectWise PSA, which '
    || case when statuses.board_status_id is null then 'does not exist.' else 'is inactive.' end as reason,
    mappings.ticket_status_id,
    coalesce(mappings.board_id, 0) as board_id,
    mappings.board_status_id,
    boards.name as board_name
from automate.status_mappings_to_psa as mappings
left join psa.board_statuses as statuses
    on mappings.board_status_id = statuses.board_status_id
left join automate.ticket_statuses as tickets
    on mappings.ticket_status_id = tickets.ticket_status_id
left join automate.plugin_boards as boards
    on mappings.board_id = boards.board_id
where
    mappings.board_status_id is not null
    and mappings.ticket_status_id is not null
    and (statuses.board_status_id is null or statuses.is_inactive)
