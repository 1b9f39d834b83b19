/*
title    = "An Auvik device that matches nothing has the MAC address of a configuration"
severity = "medium"
subject  = "auvik.devices"
key      = ["device_id"]
why      = """The sync does not compare MAC addresses: the device gets a second record though the first is \
           there."""
remedy   = """Compare the two; if they are one device, correct the serial number or the name in the PSA, or \
           map the device by hand under Inventory Mappings."""
source   = "AV-M10"
*/
select
    predictions.company_id,
    devices.device_id as entity_id,
    coalesce(devices.name, '(no name)') as entity_name,
    'The Auvik device '
    || coalesce(devices.name, '(no name)')
    || ' matches no configuration, but '
    || coalesce(min(configurations.name), '(no name)')
    || ' ('
    || min(keys.configuration_id)
    || ') has its MAC address '
    || min(keys.mac_key)
    || '.' as reason,
    devices.device_type,
    devices.serial_number,
    min(keys.configuration_id) as configuration_id,
    list_sort(list(distinct keys.mac_key)) as mac_addresses,
    devices.dashboard_url
from core.auvik_predictions as predictions
join auvik.devices as devices
    on predictions.device_id = devices.device_id
join core.device_macs as macs
    on
        predictions.device_id = macs.device_id
        and macs.device_count <= 3
join core.configuration_keys as keys
    on
        predictions.company_id = keys.company_id
        and macs.mac_key = keys.mac_key
left join psa.configurations as configurations
    on keys.configuration_id = configurations.configuration_id
where
    predictions.outcome = 'create'
    and keys.is_active
group by
    predictions.company_id,
    devices.device_id,
    devices.name,
    devices.device_type,
    devices.serial_number,
    devices.dashboard_url
having count(distinct keys.configuration_id) = 1
