/*
title    = "Client mapping of the Manage plugin has outlived its client"
severity = "low"
subject  = "automate.client_mappings"
key      = ["client_id"]
why      = """The client was deleted in Automate, its mapping was not: the PSA company looks taken, and \
           counts of mapped clients are wrong."""
remedy   = """In Automate open the Manage plugin (Dashboard > Config > Integration) and remove the mapping \
           under the company mapping; where the screen no longer shows it, ask the vendor to delete the \
           row."""
source   = """Seed 000 and community clean-ups: deleting a client never touches the plugin's tables \
           (mapping columns certain)"""
*/
with orphans as (
    select
        mappings.client_id,
        min(mappings.company_id) as company_id,
        min(mappings.company_name) as company_name,
        count(*) as mapping_count
    from automate.client_mappings as mappings
    where
        mappings.client_id > 0
        and not exists (
            select 1
            from automate.clients as clients
            where clients.client_id = mappings.client_id
        )
        and not exists (
            select 1
            from automate.excluded_clients as excluded
            where excluded.client_id = mappings.client_id
        )
    group by mappings.client_id
)

select
    orphans.company_id,
    orphans.client_id as entity_id,
    coalesce(orphans.company_name, '(client ' || orphans.client_id || ')') as entity_name,
    'The Manage plugin still maps the client record ' || orphans.client_id
    || ', which is no longer in Automate' || case
        when orphans.company_id is not null
            then ', to the PSA company record ' || orphans.company_id || '.'
        else '.'
    end as reason,
    orphans.mapping_count
from orphans
