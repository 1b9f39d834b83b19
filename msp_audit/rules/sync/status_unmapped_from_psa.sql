/*
title    = "PSA ticket status is mapped to no Automate status"
severity = "medium"
subject  = "automate.plugin_statuses"
key      = ["board_status_id"]
why      = """A ticket that is moved to this status in the PSA keeps its old status in Automate, so closed \
           work looks open there."""
remedy   = """In Automate open the Manage plugin (Dashboard > Config > Integration) and, under the ticket \
           status mapping from Manage to Automate, choose an Automate status for it."""
source   = "seed 000, component 5: ticket statuses, CWM to CWA"
*/
select
    null::bigint as company_id,
    statuses.board_status_id as entity_id,
    coalesce(statuses.name, '(no name)') as entity_name,
    'The status ' || coalesce(statuses.name, '(no name)') || ' of the service board '
    || coalesce(boards.name, '(no name)')
    || ' in ConnectWise PSA is not mapped to a ticket status in Automate.' as reason,
    statuses.board_id,
    boards.name as board_name
from automate.plugin_statuses as statuses
left join automate.plugin_boards as boards
    on statuses.board_id = boards.board_id
where
    not coalesce(statuses.is_inactive, false)
    and not exists (
        select 1
        from automate.status_mappings_from_psa as mappings
        where
            mappings.board_status_id = statuses.board_status_id
            and mappings.ticket_status_id is not null
    )
