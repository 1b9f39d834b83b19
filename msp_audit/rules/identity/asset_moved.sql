/*
title    = "A computer's configuration stands under another company"
severity = "medium"
subject  = "automate.computers"
key      = ["computer_id"]
why      = """The machine was sold on or handed over, and its record stayed behind: one customer pays for what \
           the other uses."""
remedy   = """Find out where the computer is; move its configuration to that company in the PSA, or its agent \
           to the right client in Automate."""
source   = "Second pass of the links across companies, and the plugin's own record of the sync"
*/
with client_links as (
    select
        mapped.client_id,
        min(mapped.company_id) as company_id,
        list(mapped.company_id) as company_ids
    from core.client_links as mapped
    group by mapped.client_id
)

select
    client_links.company_id,
    computers.computer_id as entity_id,
    coalesce(computers.name, '(no name)') as entity_name,
    'The computer ' || coalesce(computers.name, '(no name)') || ' of ' || coalesce(clients.name, '(no name)')
    || case
        when links.moved_configuration_id is null
            then ' is synced to configuration ' || links.configuration_id || ', which stands under '
                || coalesce(companies.name, 'company ' || links.company_id) || '.'
        else ' has no configuration there, but configuration ' || links.moved_configuration_id || ' of '
            || coalesce(companies.name, 'company ' || links.moved_company_id) || ' has its serial number.'
    end as reason,
    computers.serial_number,
    coalesce(links.moved_configuration_id, links.configuration_id) as configuration_id,
    configurations.name as configuration_name,
    coalesce(links.moved_company_id, links.company_id) as other_company_id,
    computers.last_contact_at
from core.computer_configuration_links as links
join automate.computers as computers
    on links.computer_id = computers.computer_id
join client_links
    on computers.client_id = client_links.client_id
left join automate.clients as clients
    on computers.client_id = clients.client_id
left join psa.configurations as configurations
    on coalesce(links.moved_configuration_id, links.configuration_id) = configurations.configuration_id
left join psa.companies as companies
    on coalesce(links.moved_company_id, links.company_id) = companies.company_id
where
    links.moved_configuration_id is not null
    -- What the plugin says holds across companies; all else links within one.
    or not list_contains(client_links.company_ids, links.company_id)
