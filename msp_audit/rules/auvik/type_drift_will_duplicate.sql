/*
title    = "The next rediscovery of this device will duplicate its configuration"
severity = "medium"
subject  = "auvik.devices"
key      = ["device_id"]
why      = """It is found by the ID that the sync wrote; by its identifiers it would not be, because the \
           configuration has another type."""
remedy   = """Correct the Type of the configuration, or the Device Class Mapping, before the device is \
           unmapped or rediscovered."""
source   = "seed 001: use configuration type when matching; AV-C07"
*/
select
    predictions.company_id,
    devices.device_id as entity_id,
    coalesce(devices.name, '(no name)') as entity_name,
    'The Auvik device '
    || coalesce(devices.name, '(no name)')
    || ' is known by its ID only: its configuration is of the type '
    || coalesce(configurations.configuration_type_name, '(none)') || ' and not '
    || coalesce(predictions.configuration_type_name, 'that of any mapping') || '.' as reason,
    devices.device_type,
    devices.serial_number,
    predictions.configuration_id,
    configurations.configuration_type_name,
    predictions.configuration_type_name as mapped_type_name,
    devices.last_seen_at,
    devices.dashboard_url
from core.auvik_predictions as predictions
join auvik.devices as devices
    on predictions.device_id = devices.device_id
join core.auvik_terms as terms
    on terms.uses_configuration_type
join psa.configurations as configurations
    on predictions.configuration_id = configurations.configuration_id
where
    predictions.cause = 'device_id'
    and lower(configurations.configuration_type_name) is distinct from lower(
        predictions.configuration_type_name
    )
