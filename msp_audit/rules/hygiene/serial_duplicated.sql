/*
title    = "Active PSA configurations of one company share a serial number"
severity = "medium"
subject  = "psa.configurations"
key      = ["company_id", "serial_number"]
why      = """One machine is counted, and may be billed, more than once; a sync that matches by serial \
           number cannot tell which record is the right one."""
remedy   = """On the company's Configurations tab in the PSA compare the records, move the history to the \
           right one and set the others to an inactive status."""
source   = "seed 001: serial number as the device identifier"
*/
-- Materialised: DuckDB would work out the serial number once for the filter and again for the groups.
with serials as materialized (
    select
        configurations.company_id,
        good_serial(configurations.serial_number) as serial_number,
        configurations.configuration_id,
        configurations.name
    from psa.configurations as configurations
    where
        configurations.is_active
        and configurations.company_id is not null
        and configurations.serial_number is not null
),

shared as (
    select
        serials.company_id,
        serials.serial_number,
        count(*) as configuration_count,
        list_sort(list(serials.configuration_id)) as configuration_ids,
        string_agg(
            coalesce(serials.name, '(no name)'), ', ' order by serials.name, serials.configuration_id
        ) as configuration_names
    from serials
    where serials.serial_number is not null
    group by serials.company_id, serials.serial_number
    having count(*) >= 2
)

select
    shared.company_id,
    shared.serial_number as entity_id,
    shared.serial_number as entity_name,
    'The serial number ' || shared.serial_number || ' stands on ' || shared.configuration_count
    || ' active configurations of ' || coalesce(companies.name, '(no name)') || ': '
    || shared.configuration_names || '.' as reason,
    shared.configuration_count,
    shared.configuration_ids,
    shared.configuration_names
from shared
left join psa.companies as companies
    on shared.company_id = companies.company_id
