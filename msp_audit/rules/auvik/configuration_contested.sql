/*
title    = "Several Auvik devices are synced to one configuration"
severity = "high"
subject  = "psa.configurations"
key      = ["configuration_id"]
why      = """Each sync overwrites the fields that the other has just written; address, model and name flip \
           for ever."""
remedy   = """In Auvik open the Inventory Mappings, unmap the device that is not this configuration, and give \
           it a serial number or a name of its own."""
source   = "seed 001: device identifier; AV-M03"
*/
select
    min(predictions.company_id) as company_id,
    predictions.configuration_id as entity_id,
    coalesce(min(configurations.name), '(no name)') as entity_name,
    'The configuration ' || coalesce(min(configurations.name), '(no name)') || ' is synced from ' || count(*)
    || ' Auvik devices, which overwrite each other: '
    || array_to_string(list_sort(list(coalesce(devices.name, devices.device_id)))[:5], ', ') || '.' as reason,
    predictions.configuration_id,
    count(*) as device_count,
    list_sort(list(coalesce(devices.name, devices.device_id))) as device_names,
    list_sort(list(distinct predictions.identifier)) as identifiers
from core.auvik_predictions as predictions
join auvik.devices as devices
    on predictions.device_id = devices.device_id
left join psa.configurations as configurations
    on predictions.configuration_id = configurations.configuration_id
where predictions.outcome = 'match'
group by predictions.configuration_id
having count(*) > 1
