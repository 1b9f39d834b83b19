/*
grain = "one row per Automate client: which PSA company it is, and how it is known"

[columns]
client_id           = "The Automate client."
company_id          = "The PSA company; null when none is known beyond doubt."
confidence          = "certain, likely, ambiguous (several could be it) or none."
evidence            = "What decided: client mapping, external id or exact name; or what is ambiguous."
detail              = "What they agree in, in words."
shared_serial_count = "Computers of the client whose serial number a configuration of the company has."
*/
with
mapped as (
    select
        links.client_id,
        min(links.company_id) as company_id,
        count(*) as company_count
    from core.client_links as links
    group by links.client_id
),

serials as (
    select
        computers.client_id,
        links.company_id,
        count(*) as shared_serial_count
    from core.computer_configuration_links as links
    inner join automate.computers as computers
        on links.computer_id = computers.computer_id
    where links.evidence = 'serial number'
    group by
        computers.client_id,
        links.company_id
),

decided as (
    select
        clients.client_id,
        case
            when mapped.company_count = 1 then mapped.company_id
            when mapped.company_count > 1 then null
            when companies.company_id is not null then companies.company_id
            when names.company_count = 1 then names.company_id
        end as company_id,
        case
            when mapped.company_count = 1 then 'certain'
            when mapped.company_count > 1 then 'ambiguous'
            when companies.company_id is not null then 'likely'
            when names.company_count = 1 then 'likely'
            when names.company_count > 1 then 'ambiguous'
            else 'none'
        end as confidence,
        case
            when mapped.company_count > 0 then 'client mapping'
            when companies.company_id is not null then 'external id'
            when names.company_count > 0 then 'exact name'
        end as evidence,
        case
            when mapped.company_count > 1 then 'mapped to ' || mapped.company_count || ' companies'
            when mapped.company_count = 1 then 'mapped in the Manage plugin'
            when companies.company_id is not null then 'external id ' || clients.external_id
            when
                names.company_count > 1
                then clients.name || ' is the name of ' || names.company_count || ' companies'
            when names.company_count = 1 then clients.name
        end as detail
    from automate.clients as clients
    left join mapped
        on clients.client_id = mapped.client_id
    left join psa.companies as companies
        on
            clients.external_id = companies.company_id
            and not companies.is_deleted
    left join core.company_names as names
        on lower(clients.name) = names.name_key
)

select
    decided.client_id,
    decided.company_id,
    decided.confidence,
    decided.evidence,
    decided.detail,
    coalesce(serials.shared_serial_count, 0) as shared_serial_count
from decided
left join serials
    on
        decided.client_id = serials.client_id
        and decided.company_id = serials.company_id
