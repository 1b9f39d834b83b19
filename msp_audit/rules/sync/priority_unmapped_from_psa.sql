/*
title    = "PSA priority is mapped to no Automate priority"
severity = "medium"
subject  = "automate.plugin_priorities"
key      = ["priority_id"]
why      = "A ticket that gets this priority in the PSA keeps its old urgency in Automate."
remedy   = """In Automate open the Manage plugin (Dashboard > Config > Integration) and, under the priority \
           mapping from Manage to Automate, choose an Automate priority for it."""
source   = "seed 000, component 6: priorities, CWM to CWA"
*/
select
    null::bigint as company_id,
    priorities.priority_id as entity_id,
    coalesce(priorities.name, '(no name)') as entity_name,
    'The priority ' || coalesce(priorities.name, '(no name)')
    || ' of ConnectWise PSA is not mapped to a ticket priority in Automate.' as reason
from automate.plugin_priorities as priorities
where
    not exists (
        select 1
        from automate.priority_mappings_from_psa as mappings
        where
            mappings.priority_id = priorities.priority_id
            and mappings.ticket_priority_id is not null
    )
