/*
title    = "Automate ticket priority is mapped to no PSA priority"
severity = "medium"
subject  = "automate.ticket_priorities"
key      = ["ticket_priority_id"]
why      = """Tickets that Automate raises with this priority arrive in the PSA with the board's default, \
           and the wrong service level."""
remedy   = """In Automate open the Manage plugin (Dashboard > Config > Integration) and, under the priority \
           mapping from Automate to Manage, choose a PSA priority for it."""
source   = "seed 000, component 6: priorities, CWA to CWM"
*/
select
    null::bigint as company_id,
    priorities.ticket_priority_id as entity_id,
    coalesce(priorities.name, '(no name)') as entity_name,
    'The ticket priority ' || coalesce(priorities.name, '(no name)')
    || ' in Automate is not mapped to a priority in ConnectWise PSA.' as reason
from automate.ticket_priorities as priorities
where
    not exists (
        select 1
        from automate.priority_mappings_to_psa as mappings
        where
            mappings.ticket_priority_id = priorities.ticket_priority_id
            and mappings.priority_id is not null
    )
