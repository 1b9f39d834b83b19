/*
title    = "Active configuration of an Auvik device that has long not been seen"
severity = "low"
subject  = "auvik.devices"
key      = ["device_id"]
why      = """The device may be gone or only unplugged; nobody has noticed for a month, and it is billed all \
           the same."""
remedy   = """Find the device. If it is gone, delete it in Auvik and set its configuration to an inactive \
           status."""
source   = "AV-L06"

[params]
# Days after which a device counts as long unseen.
unseen_after_days = 30
*/
select
    predictions.company_id,
    devices.device_id as entity_id,
    coalesce(devices.name, '(no name)') as entity_name,
    'The Auvik device ' || coalesce(devices.name, '(no name)') || ' was last seen on '
    || strftime(devices.last_seen_at, '%Y-%m-%d') || ', yet its configuration '
    || coalesce(configurations.name, configurations.configuration_id::varchar) || ' is active.' as reason,
    devices.device_type,
    devices.serial_number,
    date_diff('day', devices.last_seen_at, $as_of) as unseen_days,
    configurations.configuration_id,
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
    predictions.is_in_scope
    and devices.last_seen_at < $as_of - to_days($unseen_after_days)
    and configurations.is_active
