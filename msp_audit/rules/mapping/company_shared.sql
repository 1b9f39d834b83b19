/*
title    = "Several Automate clients are mapped to one PSA company"
severity = "medium"
subject  = "core.client_links"
key      = ["company_id"]
why      = """Computers and tickets of different clients are mixed in one company, and are billed to one of \
           them."""
remedy   = """In Automate open the Manage plugin (Dashboard > Config > Integration) and map each client to \
           its own PSA company; if they are one customer, merge them into one client with several \
           locations."""
source   = "Community clean-up of plugin mappings: one target shared by several"
*/
with sharing as (
    select
        links.company_id,
        count(*) as client_count,
        list_sort(list(links.client_id)) as client_ids,
        string_agg(
            coalesce(clients.name, '(no name)'), ', ' order by clients.name, clients.client_id
        ) as client_names
    from core.client_links as links
    join automate.clients as clients
        on links.client_id = clients.client_id
    group by links.company_id
    having count(*) >= 2
),

named as (
    select
        mappings.company_id,
        min(mappings.company_name) as company_name
    from automate.client_mappings as mappings
    where mappings.company_id is not null
    group by mappings.company_id
)

select
    sharing.company_id,
    sharing.company_id as entity_id,
    coalesce(named.company_name, '(no name)') as entity_name,
    'The company ' || coalesce(named.company_name, '(no name)') || ' in ConnectWise PSA is the target of '
    || sharing.client_count || ' Automate clients: ' || sharing.client_names || '.' as reason,
    sharing.client_count,
    sharing.client_ids,
    sharing.client_names
from sharing
left join named
    on sharing.company_id = named.company_id
