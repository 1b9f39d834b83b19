/*
title    = "Ticket priority is mapped to a PSA priority that is gone"
severity = "medium"
subject  = "automate.priority_mappings_to_psa"
key      = ["ticket_priority_id", "priority_id"]
why      = "Tickets of this priority arrive in the PSA with the board's default, and the wrong service level."
remedy   = """In Automate open the Manage plugin (Dashboard > Config > Integration) and, under the \
           priority mapping from Automate to Manage, choose a priority that the PSA has."""
source   = """Derived from seed 000 (table certain, columns inferred); the PSA's priorities cannot be \
           inactive, only gone"""
*/
select distinct
    null::bigint as company_id,
    mappings.ticket_priority_id as entity_id,
    coalesce(tickets.name, '(no name)') as entity_name,
    'The ticket priority ' || coalesce(tickets.name, '(no name)')
    || ' in Automate is mapped to the PSA priority record ' || mappings.priority_id
    || ', which does not exist.' as reason,
    mappings.priority_id
from automate.priority_mappings_to_psa as mappings
left join automate.ticket_priorities as tickets
    on mappings.ticket_priority_id = tickets.ticket_priority_id
where
    mappings.ticket_priority_id is not null
    and mappings.priority_id is not null
    and not exists (
        select 1
        from psa.priorities as priorities
        where priorities.priority_id = mappings.priority_id
    )
