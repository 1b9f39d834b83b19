/*
title    = "Active configuration of a device that Auvik no longer manages"
severity = "medium"
subject  = "auvik.devices"
key      = ["device_id"]
why      = """An unmanaged device keeps its old data, raises no alert and is not billed by Auvik, while the \
           PSA goes on billing it."""
remedy   = """Manage the device again in Auvik (Device > Manage), or set its configuration to an inactive \
           status."""
source   = "vendor's article on managed and unmanaged devices; AV-L05"
*/
select
    predictions.company_id,
    devices.device_id as entity_id,
    coalesce(devices.name, '(no name)') as entity_name,
    'The Auvik device ' || coalesce(devices.name, '(no name)') || ' is not managed, but its configuration '
    || coalesce(configurations.name, configurations.configuration_id::varchar) || ' is active.' as reason,
    devices.device_type,
    devices.serial_number,
    configurations.configuration_id,
    configurations.configuration_type_name,
    configurations.is_billed,
    links.evidence as linked_by,
    devices.last_seen_at,
    devices.dashboard_url
from core.auvik_predictions as predictions
join auvik.devices as devices
    on predictions.device_id = devices.device_id
join core.device_configuration_links as links
    on predictions.device_id = links.device_id
join psa.configurations as configurations
    on links.configuration_id = configurations.configuration_id
where
    predictions.cause = 'unmanaged'
    and configurations.is_active
    -- Only records that the sync would write: others belong to another system or to a person.
    and lower(configurations.configuration_type_name) = lower(predictions.configuration_type_name)
