/*
title    = "Auvik's sync has stopped for a whole company"
severity = "critical"
subject  = "psa.configurations"
key      = ["company_id"]
why      = """Nearly all of the company's configurations have an old Last mapped date: credentials, \
           permissions or the integration itself are down."""
remedy   = """In Auvik open Integrations > ConnectWise PSA and test the connection; check the API member's \
           rights and the tenant's site mapping."""
source   = "seed 001: Last mapped is updated daily; AV-F08"

[params]
# Share of the company's mapped configurations that must be old, in tenths.
least_stale_tenths = 8
# Fewer mapped configurations are judged one by one.
least_configurations = 3
*/
with mapped as (
    select
        configurations.company_id,
        updates.configuration_id,
        updates.last_mapped_at,
        updates.stale_at < $as_of as is_stale
    from core.auvik_last_mapped as updates
    join psa.configurations as configurations
        on updates.configuration_id = configurations.configuration_id
    join auvik.devices as devices
        on updates.device_id = devices.device_id
    where
        configurations.is_active
        and devices.online_status = 'online'
)

select
    mapped.company_id,
    mapped.company_id as entity_id,
    coalesce(min(companies.name), 'company ' || mapped.company_id) as entity_name,
    'Auvik last updated '
    || count(distinct mapped.configuration_id) filter (where mapped.is_stale) || ' of '
    || count(distinct mapped.configuration_id) || ' configurations of '
    || coalesce(min(companies.name), 'company ' || mapped.company_id) || ' on '
    || strftime(max(mapped.last_mapped_at) filter (where mapped.is_stale), '%Y-%m-%d')
    || ' or before.' as reason,
    count(distinct mapped.configuration_id) filter (where mapped.is_stale) as stale_count,
    count(distinct mapped.configuration_id) as mapped_count,
    max(mapped.last_mapped_at) as latest_mapped_at
from mapped
left join psa.companies as companies
    on mapped.company_id = companies.company_id
group by mapped.company_id
having
    count(distinct mapped.configuration_id) >= $least_configurations
    and 10 * count(distinct mapped.configuration_id) filter (where mapped.is_stale)
    >= $least_stale_tenths * count(distinct mapped.configuration_id)
