/*
title    = "Configuration is inactive while its Auvik device is online"
severity = "high"
subject  = "auvik.devices"
key      = ["device_id"]
parent   = "auvik.inactive_prevents_match.device_id"
why      = """A living, monitored device is not billed and not listed, and its alerts find no configuration."""
remedy   = """Set the configuration back to an active status in the PSA; if it is the wrong record, unmap the \
           device in Auvik."""
source   = "seed 001: configurations are accidentally marked as inactive; AV-L04"
*/
select
    predictions.company_id,
    devices.device_id as entity_id,
    coalesce(devices.name, '(no name)') as entity_name,
    'The Auvik device ' || coalesce(devices.name, '(no name)') || ' is online, but its configuration '
    || coalesce(configurations.name, configurations.configuration_id::varchar) || ' is inactive.' as reason,
    devices.device_type,
    devices.serial_number,
    predictions.device_id,
    configurations.configuration_id,
    configurations.configuration_status_name,
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
    predictions.is_in_scope
    and devices.is_managed
    and devices.online_status = 'online'
    and not configurations.is_active
