/*
title    = "The identifiers of an Auvik device lead to different configurations"
severity = "high"
subject  = "auvik.devices"
key      = ["device_id"]
why      = """The first identifier wins without a word: the record that the other one names is left behind, or \
           was the right one."""
remedy   = """Decide which configuration is the device; correct the serial number or the name of the other, or \
           set it to an inactive status."""
source   = "seed 001: identifiers in order of priority; AV-M02"
*/
select
    first_hits.company_id,
    devices.device_id as entity_id,
    coalesce(devices.name, '(no name)') as entity_name,
    'The Auvik device '
    || coalesce(devices.name, '(no name)')
    || ' is the configuration '
    || coalesce(firsts.name, '(no name)')
    || ' ('
    || first_hits.active_configuration_id
    || ') by '
    || replace(first_hits.auvik_field, '_', ' ')
    || ' and '
    || coalesce(seconds.name, '(no name)')
    || ' ('
    || second_hits.active_configuration_id
    || ') by '
    || replace(second_hits.auvik_field, '_', ' ')
    || '.' as reason,
    first_hits.auvik_field as first_identifier,
    first_hits.value as first_value,
    first_hits.active_configuration_id as first_configuration_id,
    second_hits.auvik_field as second_identifier,
    second_hits.value as second_value,
    second_hits.active_configuration_id as second_configuration_id,
    devices.device_type,
    devices.dashboard_url
from core.auvik_identifier_hits as first_hits
join core.auvik_identifier_hits as second_hits
    on
        first_hits.device_id = second_hits.device_id
        and second_hits.priority = 2
join auvik.devices as devices
    on first_hits.device_id = devices.device_id
join core.auvik_predictions as predictions
    on first_hits.device_id = predictions.device_id
left join psa.configurations as firsts
    on first_hits.active_configuration_id = firsts.configuration_id
left join psa.configurations as seconds
    on second_hits.active_configuration_id = seconds.configuration_id
where
    first_hits.priority = 1
    and predictions.is_in_scope
    -- Inactive records are history: only two living ones contradict each other.
    and first_hits.active_count = 1
    and second_hits.active_count = 1
    and first_hits.active_configuration_id <> second_hits.active_configuration_id
