/*
title    = "Active computer configuration has no Automate agent"
severity = "medium"
subject  = "psa.configurations"
key      = ["configuration_id"]
why      = """The computer is gone and still billed, or it is there and gets no patches and no monitoring."""
remedy   = """Find the computer. If it is gone, set its configuration to an inactive status; if not, install \
           the Automate agent."""
source   = "Reconciliation of Automate computers with PSA configurations"
*/
with
-- The types that the plugin gives computers, by what it has done so far.
computer_types as (
    select configurations.configuration_type_id
    from automate.asset_syncs as syncs
    join psa.configurations as configurations
        on syncs.configuration_id = configurations.configuration_id
    where
        syncs.entity_kind = 'computer'
        and configurations.configuration_type_id is not null
    group by configurations.configuration_type_id
),

companies as (
    select
        links.company_id,
        min(companies.name) as name
    from core.client_links as links
    join automate.clients as clients
        on links.client_id = clients.client_id
    join psa.companies as companies
        on links.company_id = companies.company_id
    where not companies.is_deleted
    group by links.company_id
)

select
    configurations.company_id,
    configurations.configuration_id as entity_id,
    coalesce(configurations.name, '(no name)') as entity_name,
    'The configuration ' || coalesce(configurations.name, '(no name)') || ' of '
    || coalesce(companies.name, '(no name)') || ' is active, but no computer in Automate is it.' as reason,
    configurations.configuration_id,
    configurations.configuration_type_name,
    configurations.serial_number,
    configurations.is_billed,
    configurations.updated_at
from psa.configurations as configurations
join companies
    on configurations.company_id = companies.company_id
join computer_types
    on configurations.configuration_type_id = computer_types.configuration_type_id
left join core.configuration_keys as keys
    on configurations.configuration_id = keys.configuration_id
where
    configurations.is_active
    and not exists (
        select 1
        from core.computer_configuration_links as links
        where links.configuration_id = configurations.configuration_id
    )
    -- A second record of a computer that is there is a duplicate; hygiene.serial_duplicated tells of it.
    and not exists (
        select 1
        from core.computer_keys as computers
        where
            computers.company_id = keys.company_id
            and computers.serial_key = keys.serial_key
    )
    and not exists (
        select 1
        from core.computer_keys as computers
        where
            computers.company_id = keys.company_id
            and computers.name_key = keys.name_key
    )
