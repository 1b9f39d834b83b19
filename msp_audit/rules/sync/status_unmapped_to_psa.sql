/*
title    = "Automate ticket status is mapped to no PSA status on a board"
severity = "medium"
subject  = "automate.ticket_statuses"
key      = ["ticket_status_id", "board_id"]
why      = """A ticket that reaches this status in Automate keeps its old status on that service board in \
           the PSA."""
remedy   = """In Automate open the Manage plugin (Dashboard > Config > Integration) and, under the ticket \
           status mapping from Automate to Manage, choose a status for this board."""
source   = "seed 000, component 5: ticket statuses, CWA to CWM"
*/
select
    null::bigint as company_id,
    statuses.ticket_status_id || '@' || boards.board_id as entity_id,
    coalesce(statuses.name, '(no name)') as entity_name,
    'The ticket status ' || coalesce(statuses.name, '(no name)')
    || ' in Automate is not mapped to a status of the service board ' || coalesce(boards.name, '(no name)')
    || ' in ConnectWise PSA.' as reason,
    statuses.ticket_status_id,
    boards.board_id,
    boards.name as board_name
from automate.ticket_statuses as statuses
cross join automate.plugin_boards as boards
where
    not exists (
        select 1
        from automate.status_mappings_to_psa as mappings
        where
            mappings.ticket_status_id = statuses.ticket_status_id
            and mappings.board_id = boards.board_id
            and mappings.board_status_id is not null
    )
    -- A mapping without a board holds for every board.
    and not exists (
        select 1
        from automate.status_mappings_to_psa as mappings
        where
            mappings.ticket_status_id = statuses.ticket_status_id
            and mappings.board_id is null
            and mappings.board_status_id is not null
    )
