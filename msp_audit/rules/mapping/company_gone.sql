/*
title    = "Automate client is mapped to a PSA company that is gone"
severity = "high"
subject  = "core.client_links"
key      = ["client_id", "company_id"]
why      = """The Manage plugin goes on syncing to a company that nobody sees any more: configurations and \
           tickets disappear there."""
remedy   = """In Automate open the Manage plugin (Dashboard > Config > Integration) and map the client to \
           the living PSA company; or, in the PSA, restore the company from the recycle bin."""
source   = "Edge case of seed 000: mapped, but to nothing"
*/
select
    links.company_id,
    links.client_id as entity_id,
    coalesce(clients.name, '(no name)') as entity_name,
    'The Automate client ' || coalesce(clients.name, '(no name)') || ' is mapped to the company '
    || coalesce(companies.name, '(no name)') || ' (record ' || links.company_id || '), which '
    || case
        when companies.company_id is null then 'does not exist in ConnectWise PSA.'
        else 'has been deleted in ConnectWise PSA.'
    end as reason,
    companies.name as company_name,
    companies.identifier as company_identifier,
    coalesce(companies.is_deleted, false) as is_deleted,
    companies.updated_at as company_updated_at
from core.client_links as links
left join automate.clients as clients
    on links.client_id = clients.client_id
left join psa.companies as companies
    on links.company_id = companies.company_id
where
    companies.company_id is null
    or companies.is_deleted
