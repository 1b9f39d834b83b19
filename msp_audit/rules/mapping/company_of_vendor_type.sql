/*
title    = "Automate client is mapped to a PSA company that is only a vendor"
severity = "medium"
subject  = "core.client_links"
key      = ["client_id", "company_id"]
why      = """Configurations and tickets of a customer land on a company that is bought from, not sold to: \
           no agreement covers them."""
remedy   = """In Automate open the Manage plugin (Dashboard > Config > Integration) and map the client to \
           the customer's company; or, in the PSA, give the company its customer type."""
source   = "Edge case of seed 000: a mapping to a company of the wrong type"
*/
select
    links.company_id,
    links.client_id as entity_id,
    coalesce(clients.name, '(no name)') as entity_name,
    'The Automate client ' || coalesce(clients.name, '(no name)') || ' is mapped to the company '
    || coalesce(companies.name, '(no name)') || ' in ConnectWise PSA, which is only of the type '
    || array_to_string(companies.type_names, ', ') || '.' as reason,
    links.client_id,
    companies.name as company_name,
    companies.type_names
from core.client_links as links
join psa.companies as companies
    on links.company_id = companies.company_id
left join automate.clients as clients
    on links.client_id = clients.client_id
where
    not coalesce(companies.is_deleted, false)
    and len(companies.type_ids) > 0
    and not exists (
        select 1
        from (select unnest(companies.type_ids) as company_type_id) as held
        left join psa.company_types as types
            on held.company_type_id = types.company_type_id
        where not coalesce(types.is_vendor, false)
    )
