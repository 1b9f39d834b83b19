/*
title    = "One Automate client is mapped to several PSA companies"
severity = "medium"
subject  = "automate.clients"
key      = ["client_id"]
why      = """The plugin keeps one mapping for each agreement template; when they name different \
           companies, it is chance which one gets a configuration or a ticket."""
remedy   = """In Automate open the Manage plugin (Dashboard > Config > Integration) and map the client to \
           one company under every agreement template."""
source   = "Community clean-up of plugin mappings: one client on several companies (columns certain)"
*/
with several as (
    select
        links.client_id,
        min(links.company_id) as company_id,
        count(*) as company_count,
        list_sort(list(links.company_id)) as company_ids
    from core.client_links as links
    group by links.client_id
    having count(*) >= 2
)

select
    several.company_id,
    clients.client_id as entity_id,
    coalesce(clients.name, '(no name)') as entity_name,
    'The Automate client ' || coalesce(clients.name, '(no name)') || ' is mapped to ' || several.company_count
    || ' companies in ConnectWise PSA: records ' || array_to_string(several.company_ids, ', ')
    || '.' as reason,
    several.company_ids
from automate.clients as clients
join several
    on clients.client_id = several.client_id
