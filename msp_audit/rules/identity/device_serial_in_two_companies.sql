/*
title    = "One serial number on Auvik devices of several companies"
severity = "high"
subject  = "auvik.devices"
key      = ["serial_number"]
why      = """A device cannot be at two customers: it moved and left a record behind, or a tenant is mapped to \
           the wrong company."""
remedy   = """Find out where the device is. Delete and exclude the stale record in Auvik, or correct the \
           tenant's site mapping."""
source   = "AV-I05; condition: a device moved between tenants gets a new ID and keeps its serial number"
*/
select
    min(keys.company_id) as company_id,
    keys.serial_key as entity_id,
    keys.serial_key as entity_name,
    'The serial number ' || keys.serial_key || ' stands on Auvik devices of '
    || count(distinct keys.company_id) || ' companies.' as reason,
    keys.serial_key as serial_number,
    list_sort(list(distinct keys.company_id)) as company_ids,
    list_sort(list(keys.device_id)) as device_ids,
    max(devices.last_seen_at) as last_seen_at
from core.device_keys as keys
join auvik.devices as devices
    on keys.device_id = devices.device_id
where
    keys.company_id is not null
    and keys.serial_key is not null
group by keys.serial_key
having count(distinct keys.company_id) > 1
