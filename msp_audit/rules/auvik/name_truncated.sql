/*
title    = "An Auvik device may be a configuration whose name Windows cut"
severity = "low"
subject  = "auvik.devices"
key      = ["device_id"]
why      = """Windows cuts a NetBIOS name after 15 characters; the full name and the cut one do not match, and \
           a second record is made."""
remedy   = """Compare the two; if they are one machine, give both the same name and map the device by hand \
           under Inventory Mappings."""
source   = "AV-M09; learn.microsoft.com: computer names"
*/
select
    predictions.company_id,
    devices.device_id as entity_id,
    coalesce(devices.name, '(no name)') as entity_name,
    'The Auvik device '
    || coalesce(devices.name, '(no name)')
    || ' matches no configuration, but '
    || coalesce(configurations.name, '(no name)')
    || ' ('
    || links.suggested_configuration_id
    || ') has '
    || coalesce(links.suggestion, 'a similar name')
    || '.' as reason,
    devices.device_type,
    devices.serial_number,
    links.suggested_configuration_id as configuration_id,
    configurations.name as configuration_name,
    devices.last_seen_at,
    devices.dashboard_url
from core.auvik_predictions as predictions
join auvik.devices as devices
    on predictions.device_id = devices.device_id
join core.device_configuration_links as links
    on predictions.device_id = links.device_id
left join psa.configurations as configurations
    on links.suggested_configuration_id = configurations.configuration_id
where
    predictions.outcome in ('create', 'blocked')
    and links.suggested_configuration_id is not null
