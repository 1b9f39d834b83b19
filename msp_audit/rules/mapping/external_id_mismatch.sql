/*
title    = "Automate client's external id is not its mapped PSA company"
severity = "medium"
subject  = "automate.clients"
key      = ["client_id"]
why      = """Automate and the Manage plugin disagree about who this client is; whatever reads the external \
           id files it under another company."""
remedy   = """Decide which company is right. Correct the client's External ID in Automate, or map the client \
           anew in the Manage plugin (Dashboard > Config > Integration)."""
source   = "Community clean-up of plugin mappings: core external id and plugin mapping disagree"
*/
with links as (
    select
        client_links.client_id,
        min(client_links.company_id) as company_id,
        list_sort(list(client_links.company_id)) as mapped_company_ids
    from core.client_links as client_links
    group by client_links.client_id
)

select
    links.company_id,
    clients.client_id as entity_id,
    coalesce(clients.name, '(no name)') as entity_name,
    'The Automate client ' || coalesce(clients.name, '(no name)') || ' carries the external id '
    || clients.external_id || ', but the Manage plugin maps it to the PSA company record '
    || array_to_string(links.mapped_company_ids, ', ') || '.' as reason,
    clients.external_id,
    links.mapped_company_ids
from automate.clients as clients
join links
    on clients.client_id = links.client_id
where
    clients.external_id is not null
    and not list_contains(links.mapped_company_ids, clients.external_id)
