/*
title    = "Status mapping of the Manage plugin has outlived its PSA status"
severity = "info"
subject  = "automate.status_mappings_from_psa"
key      = ["board_status_id"]
why      = """The PSA status is inactive or gone, so the mapping is never used; the list of mappings grows \
           unreadable."""
remedy   = """In Automate open the Manage plugin (Dashboard > Config > Integration) and, under the ticket \
           status mapping from Manage to Automate, remove the entry; a fresh import of the board's \
           statuses does it too."""
source   = "Field practice: clean-up of mappings of inactive statuses (table certain, columns inferred)"
*/
select distinct
    null::bigint as company_id,
    mappings.board_status_id as entity_id,
    coalesce(statuses.name, '(status ' || mappings.board_status_id || ')') as entity_name,
    'The Manage plugin still maps the PSA status '
    || coalesce(statuses.name, '(record ' || mappings.board_status_id || ')') || ', which '
    || case when statuses.board_status_id is null then 'does not exist any more.' else 'is inactive.' end
        as reason,
    boards.name as board_name
from automate.status_mappings_from_psa as mappings
left join psa.board_statuses as statuses
    on mappings.board_status_id = statuses.board_status_id
left join automate.plugin_boards as boards
    on statuses.board_id = boards.board_id
where
    mappings.board_status_id is not null
    and mappings.ticket_status_id is not null
    and (statuses.board_status_id is null or statuses.is_inactive)
