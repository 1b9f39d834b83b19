/*
title = "Coverage by company"
empty = "No computer belongs to a company yet."
note  = "Computers that Automate knows, and the share that has a configuration in the PSA. Lowest first."

[columns]
company_name   = "Company"
computer_count = { label = "Computers", format = "count" }
known_count    = { label = "In the PSA", format = "count" }
known_share    = { label = "Share", format = "share" }
*/
with owners as (
    select
        client_links.client_id,
        min(client_links.company_id) as company_id
    from core.client_links as client_links
    group by client_links.client_id
)

select
    owners.company_id,
    companies.name as company_name,
    count(*) as computer_count,
    count(computer_links.computer_id) as known_count,
    count(computer_links.computer_id) / count(*) as known_share
from automate.computers as computers
inner join owners
    on computers.client_id = owners.client_id
inner join psa.companies as companies
    on owners.company_id = companies.company_id
left join core.computer_links as computer_links
    on computers.computer_id = computer_links.computer_id
where $company_id::bigint is null or owners.company_id = $company_id::bigint
group by owners.company_id, companies.name
order by known_share, computer_count desc, companies.name, owners.company_id
