/*
title    = "Automate client is ignored and mapped at once"
severity = "medium"
subject  = "automate.clients"
key      = ["client_id"]
why      = """Somebody decided twice, differently. The plugin's sync lights leave ignored entities out, so \
           nobody sees whether the client still reaches the PSA."""
remedy   = """In Automate open the Manage plugin (Dashboard > Config > Integration) and decide: remove the \
           client from the ignored entities, or take its company mapping away."""
source   = "Derived from seed 000: both lists name the same client (columns certain, codes inferred)"
*/
with mapped as (
    select
        mappings.client_id,
        min(mappings.company_id) as company_id
    from automate.client_mappings as mappings
    where mappings.company_id is not null
    group by mappings.client_id
)

select
    mapped.company_id,
    clients.client_id as entity_id,
    coalesce(clients.name, '(no name)') as entity_name,
    'The Automate client ' || coalesce(clients.name, '(no name)')
    || ' is ignored in the Manage plugin, yet it is mapped to the PSA company record ' || mapped.company_id
    || '.' as reason,
    clients.external_id
from automate.clients as clients
join mapped
    on clients.client_id = mapped.client_id
where
    exists (
        select 1
        from automate.ignored_entities as ignored
        where
            ignored.entity_kind = 'client'
            and ignored.entity_id = clients.client_id
    )
