/*
title    = "A configuration's type keeps Auvik from matching it"
severity = "high"
subject  = "auvik.devices"
key      = ["device_id"]
why      = """A configuration of the device exists, but its type is not that of the device class, so Auvik \
           creates a second one."""
remedy   = """Correct the Type of the configuration in the PSA, or the Device Class Mapping in Auvik \
           (Integrations > ConnectWise PSA > Inventory), before the sync runs."""
source   = "seed 001: use configuration type when matching; AV-M04"
*/
select
    predictions.company_id,
    devices.device_id as entity_id,
    coalesce(devices.name, '(no name)') as entity_name,
    'Auvik will not match '
    || coalesce(devices.name, '(no name)')
    || ' to configuration '
    || hits.any_configuration_id
    || ', because its type is ' || coalesce(configurations.configuration_type_name, '(none)') || ' and not '
    || coalesce(predictions.configuration_type_name, 'that of any mapping') || '.' as reason,
    devices.device_type,
    devices.serial_number,
    predictions.configuration_type_name as mapped_type_name,
    configurations.configuration_type_name,
    hits.any_configuration_id as configuration_id,
    devices.last_seen_at,
    devices.dashboard_url
from core.auvik_predictions as predictions
join auvik.devices as devices
    on predictions.device_id = devices.device_id
join core.auvik_terms as terms
    on terms.uses_configuration_type
join (
    select
        hits.device_id,
        arg_min(hits.any_configuration_id, hits.priority) as any_configuration_id
    from core.auvik_identifier_hits as hits
    where hits.any_count > 0
    group by hits.device_id
) as hits
    on predictions.device_id = hits.device_id
left join psa.configurations as configurations
    on hits.any_configuration_id = configurations.configuration_id
where
    predictions.outcome in ('create', 'blocked')
    and predictions.if_use_configuration_type in ('match', 'ambiguous')
