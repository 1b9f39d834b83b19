/*
title    = "PSA status is mapped to an Automate status that no longer exists"
severity = "medium"
subject  = "automate.status_mappings_from_psa"
key      = ["board_status_id", "ticket_status_id"]
why      = """A ticket that is moved to this status in the PSA cannot follow in Automate, so closed work \
           looks open there."""
remedy   = """In Automate open the Manage plugin (Dashboard > Config > Integration) and, under the ticket \
           status mapping from Manage to Automate, choose a status that Automate has."""
source   = "Edge case of seed 000 (table certain, columns inferred)"
*/
select distinct
    null::bigint as company_id,
    mappings.board_status_id as entity_id,
    coalesce(statuses.name, '(status ' || mappings.board_status_id || ')') as entity_name,
    'The status ' || coalesce(statuses.name, '(record ' || mappings.board_status_id || ')')
    || ' of ConnectWise PSA is mapped to the Automate ticket status record ' || mappings.ticket_status_id
    || ', which does not exist.' as reason,
    mappings.ticket_status_id
from automate.status_mappings_from_psa as mappings
left join automate.plugin_statuses as statuses
    on mappings.board_status_id = statuses.board_status_id
where
    mappings.board_status_id is not null
    and mappings.ticket_status_id is not null
    and not exists (
        select 1
        from automate.ticket_statuses as known
        where known.ticket_status_id = mappings.ticket_status_id
    )
