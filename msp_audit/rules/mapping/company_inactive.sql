/*
title    = "Automate client is mapped to an inactive PSA company"
severity = "medium"
subject  = "core.client_links"
key      = ["client_id", "company_id"]
why      = """Agents go on reporting for a customer that the PSA has closed: nothing is billed, and \
           tickets may be refused because of the company's status."""
remedy   = """If the customer is gone, retire its agents in Automate and set the client to ignored in the \
           Manage plugin (Dashboard > Config > Integration); if not, set the company's status in the \
           PSA."""
source   = "Edge case of seed 000; the plugin's ticket errors name the company status"
*/
select
    links.company_id,
    links.client_id as entity_id,
    coalesce(clients.name, '(no name)') as entity_name,
    'The Automate client ' || coalesce(clients.name, '(no name)') || ' is mapped to the company '
    || coalesce(companies.name, '(no name)') || ' in ConnectWise PSA, whose status is '
    || coalesce(statuses.name, '(no name)') || '.' as reason,
    links.client_id,
    companies.name as company_name,
    statuses.name as company_status_name
from core.client_links as links
join psa.companies as companies
    on links.company_id = companies.company_id
join psa.company_statuses as statuses
    on companies.status_id = statuses.company_status_id
left join automate.clients as clients
    on links.client_id = clients.client_id
where
    statuses.is_inactive
    and not coalesce(companies.is_deleted, false)
