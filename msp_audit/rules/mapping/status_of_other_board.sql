/*
title    = "Ticket status is mapped to a status of another service board"
severity = "medium"
subject  = "automate.status_mappings_to_psa"
key      = ["ticket_status_id", "board_id", "board_status_id"]
why      = """A PSA status belongs to one board; on this board the mapping cannot work, and tickets keep \
           their old status."""
remedy   = """In Automate open the Manage plugin (Dashboard > Config > Integration) and, under the ticket \
           status mapping from Automate to Manage, choose a status of the board itself."""
source   = "Derived from seed 000: PSA statuses belong to a board (table certain, columns inferred)"
*/
select distinct
    null::bigint as company_id,
    mappings.ticket_status_id || '@' || mappings.board_id as entity_id,
    coalesce(tickets.name, '(no name)') as entity_name,
    'For the service board ' || coalesce(boards.name, '(no name)') || ' the ticket status '
    || coalesce(tickets.name, '(no name)') || ' in Automate is mapped to the status '
    || coalesce(statuses.name, '(no name)') || ' of another board.' as reason,
    mappings.ticket_status_id,
    mappings.board_id,
    mappings.board_status_id,
    statuses.board_id as board_of_status_id
from automate.status_mappings_to_psa as mappings
join psa.board_statuses as statuses
    on mappings.board_status_id = statuses.board_status_id
left join automate.ticket_statuses as tickets
    on mappings.ticket_status_id = tickets.ticket_status_id
left join automate.plugin_boards as boards
    on mappings.board_id = boards.board_id
where
    mappings.ticket_status_id is not null
    and mappings.board_id <> statuses.board_id
