/*
title    = "PSA configuration is active with a closed status, or inactive with an open one"
severity = "low"
subject  = "psa.configurations"
key      = ["configuration_id"]
why      = """Lists by status and lists by the active flag count different machines; an integration that \
           matches active configurations only takes the flag, a person reads the status."""
remedy   = """Open the configuration in the PSA, choose the status that is true and save; the active flag \
           follows."""
source   = "Vendor's API description: active flag and closed status are separate fields"
*/
select
    configurations.company_id,
    configurations.configuration_id as entity_id,
    coalesce(configurations.name, '(no name)') as entity_name,
    'The configuration ' || coalesce(configurations.name, '(no name)') || ' of '
    || coalesce(companies.name, '(no name)') || ' is marked '
    || case when configurations.is_active then 'active, but its status ' else 'inactive, but its status ' end
    || coalesce(statuses.name, '(no name)')
    || case when statuses.is_closed then ' is a closed one.' else ' is an open one.' end as reason,
    companies.name as company_name,
    configurations.configuration_type_name,
    statuses.name as configuration_status_name,
    configurations.is_active,
    statuses.is_closed as is_status_closed,
    configurations.is_billed,
    configurations.updated_at
from psa.configurations as configurations
join psa.configuration_statuses as statuses
    on configurations.configuration_status_id = statuses.configuration_status_id
left join psa.companies as companies
    on configurations.company_id = companies.company_id
where
    -- Active with a closed status, or inactive with an open one; an unknown flag is not judged.
    configurations.is_active = statuses.is_closed
