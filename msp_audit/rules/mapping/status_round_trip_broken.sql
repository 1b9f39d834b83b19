/*
title    = "Ticket status does not come back from the PSA as what it was"
severity = "low"
subject  = "automate.status_mappings_to_psa"
key      = ["ticket_status_id", "board_id"]
why      = """Automate sends one status, the PSA sends another one back: tickets change their status by \
           themselves, and rules that wait for the first one never fire."""
remedy   = """In Automate open the Manage plugin (Dashboard > Config > Integration) and make the two \
           ticket status mappings agree: what Automate's status becomes in the PSA must be mapped back \
           to it."""
source   = "Derived from seed 000: two maps, one for each direction (tables certain, columns inferred)"
*/
with targets as (
    select
        mappings.ticket_status_id,
        coalesce(mappings.board_id, 0) as board_id,
        mappings.board_status_id,
        list_sort(list(distinct back.ticket_status_id)) as returned_ids
    from automate.status_mappings_to_psa as mappings
    join automate.status_mappings_from_psa as back
        on mappings.board_status_id = back.board_status_id
    where
        mappings.ticket_status_id is not null
        and back.ticket_status_id is not null
    group by mappings.ticket_status_id, coalesce(mappings.board_id, 0), mappings.board_status_id
)

select
    null::bigint as company_id,
    targets.ticket_status_id || '@' || targets.board_id as entity_id,
    coalesce(min(sent.name), '(no name)') as entity_name,
    'The ticket status ' || coalesce(min(sent.name), '(no name)') || ' in Automate becomes '
    || coalesce(min(statuses.name), '(no name)') || ' in ConnectWise PSA, which comes back as '
    || coalesce(min(returned.name), 'another status') || '.' as reason,
    targets.ticket_status_id,
    targets.board_id,
    min(targets.board_status_id) as board_status_id,
    min(targets.returned_ids) as returned_ticket_status_ids
from targets
left join automate.ticket_statuses as sent
    on targets.ticket_status_id = sent.ticket_status_id
left join automate.plugin_statuses as statuses
    on targets.board_status_id = statuses.board_status_id
left join automate.ticket_statuses as returned
    on targets.returned_ids[1] = returned.ticket_status_id
where not list_contains(targets.returned_ids, targets.ticket_status_id)
group by targets.ticket_status_id, targets.board_id
