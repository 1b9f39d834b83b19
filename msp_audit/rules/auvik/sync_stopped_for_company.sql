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
        configurations.configuration_id,
        configurations.company_id,
        configurations.name as configuration_name,
        devices.device_id,
        devices.name,
        devices.dashboard_url,
        utc(answers.answer) as last_mapped_at,
        -- Written daily as a date in UTC: a date is over when its day is.
        utc(answers.answer) + to_days(1)
        < $as_of - to_seconds(3600 * terms.last_mapped_stale_hours) as is_stale
    from auvik.sync_field_map as fields
    join psa.configuration_answers as answers
        on lower(answers.question) = lower(clean(regexp_replace(fields.psa_field, '^question:', '')))
    join psa.configurations as configurations
        on answers.configuration_id = configurations.configuration_id
    join core.auvik_predictions as predictions
        on configurations.configuration_id = predictions.configuration_id
    join auvik.devices as devices
        on predictions.device_id = devices.device_id
    cross join core.auvik_terms as terms
    where
        fields.auvik_field = 'last_mapped'
        and predictions.outcome = 'match'
        and configurations.is_active
        and devices.online_status = 'online'
        and utc(answers.answer) is not null
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
