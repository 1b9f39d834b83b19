/*
title    = "Auvik's sync has stopped for a device that is online"
severity = "high"
subject  = "psa.configurations"
key      = ["configuration_id"]
parent   = "auvik.sync_stopped_for_company.company_id"
why      = """The Inventory Mappings may still say Mapped and Syncing, but the record is no longer updated."""
remedy   = """In Auvik open the Inventory Mappings of the tenant, unmap the device and map it again; look for \
           a required question or a locked record in the PSA."""
source   = "seed 001: Last mapped is updated daily; AV-F07, AV-Q04"
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
    mapped.configuration_id as entity_id,
    coalesce(min(mapped.configuration_name), '(no name)') as entity_name,
    'Auvik last updated the configuration ' || coalesce(min(mapped.configuration_name), '(no name)') || ' on '
    || strftime(min(mapped.last_mapped_at), '%Y-%m-%d') || ', though its device is online.' as reason,
    mapped.configuration_id,
    min(mapped.last_mapped_at) as last_mapped_at,
    min(mapped.device_id) as device_id,
    min(mapped.name) as device_name,
    min(mapped.dashboard_url) as dashboard_url
from mapped
where mapped.is_stale
group by
    mapped.company_id,
    mapped.configuration_id
