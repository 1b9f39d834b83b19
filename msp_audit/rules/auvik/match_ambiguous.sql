/*
title    = "Several configurations match one Auvik device"
severity = "high"
subject  = "auvik.devices"
key      = ["device_id"]
why      = """The documents do not say which record Auvik takes, and the choice may change; the other records \
           go stale."""
remedy   = """In the PSA merge the configurations, or set all but one to an inactive status; then unmap and \
           map the device under Inventory Mappings in Auvik."""
source   = "seed 001: device identifier; AV-M01"
*/
with ambiguous as (
    select
        hits.device_id,
        hits.company_id,
        hits.auvik_field,
        lower(hits.value) as value_key
    from core.auvik_identifier_hits as hits
    join core.auvik_predictions as predictions
        on
            hits.device_id = predictions.device_id
            and hits.auvik_field = predictions.identifier
    where predictions.outcome = 'ambiguous'
),

-- Once a value, not once a device: thousands may have one filler.
candidates as (
    select
        wanted.company_id,
        wanted.auvik_field,
        wanted.value_key,
        list_sort(
            list(coalesce(configurations.name, '(no name)') || ' (' || configurations.configuration_id || ')')
        )[:10] as names
    from (
        select distinct
            ambiguous.company_id,
            ambiguous.auvik_field,
            ambiguous.value_key
        from ambiguous
    ) as wanted
    join psa.configurations as configurations
        on
            wanted.company_id = configurations.company_id
            and wanted.value_key = lower(
                case
                    when wanted.auvik_field = 'serial_number' then clean(configurations.serial_number)
                    else configurations.name
                end
            )
    cross join core.auvik_terms as terms
    where
        configurations.is_active
        or not terms.only_matches_active
    group by
        wanted.company_id,
        wanted.auvik_field,
        wanted.value_key
)

select
    predictions.company_id,
    devices.device_id as entity_id,
    coalesce(devices.name, '(no name)') as entity_name,
    'The Auvik device ' || coalesce(devices.name, '(no name)') || ': '
    || rtrim(predictions.reason, '.')
    || coalesce(': ' || array_to_string(candidates.names[:5], ', '), '') || '.' as reason,
    devices.device_type,
    devices.serial_number,
    predictions.identifier,
    predictions.configuration_count,
    predictions.configuration_id as first_configuration_id,
    candidates.names as configuration_names,
    devices.last_seen_at,
    devices.dashboard_url
from core.auvik_predictions as predictions
join auvik.devices as devices
    on predictions.device_id = devices.device_id
left join ambiguous
    on predictions.device_id = ambiguous.device_id
left join candidates
    on
        ambiguous.company_id = candidates.company_id
        and ambiguous.auvik_field = candidates.auvik_field
        and ambiguous.value_key = candidates.value_key
where
    predictions.outcome = 'ambiguous'
