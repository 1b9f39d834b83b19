/*
title    = "Several Auvik devices of one company have the same serial number"
severity = "high"
subject  = "auvik.devices"
key      = ["company_id", "serial_number"]
why      = """The sync matches all of them to one configuration, which is then overwritten by each in turn."""
remedy   = """In Auvik delete and exclude the record that is not the device, or correct the serial number that \
           was typed in by hand."""
source   = "seed 001: device identifier; AV-I04"
*/
select
    keys.company_id,
    keys.serial_key as entity_id,
    keys.serial_key as entity_name,
    'The serial number ' || keys.serial_key || ' stands on ' || count(*) || ' Auvik devices of one company.'
        as reason,
    keys.serial_key as serial_number,
    count(*) as device_count,
    list_sort(list(coalesce(devices.name, devices.device_id))) as device_names,
    list_sort(list(devices.device_id)) as device_ids
from core.device_keys as keys
join auvik.devices as devices
    on keys.device_id = devices.device_id
where
    keys.company_id is not null
    and keys.serial_key is not null
    -- The members of a stack and the cards of a chassis answer with the serial number of the whole.
    and not coalesce(devices.device_type in ('stack', 'chassis', 'module'), false)
group by
    keys.company_id,
    keys.serial_key
having count(*) > 1
