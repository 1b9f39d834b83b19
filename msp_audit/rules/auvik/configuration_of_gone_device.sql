/*
title    = "Active configuration belongs to a device that Auvik no longer has"
severity = "medium"
subject  = "psa.configurations"
key      = ["configuration_id"]
why      = """The sync wrote its device ID here, and the device is gone: the record is billed and reviewed for \
           nothing."""
remedy   = """Set the configuration to an inactive status, and in Auvik turn on 'Update configurations as \
           inactive when Auvik device is deleted'."""
source   = "seed 001: update configurations as inactive; AV-L01"
*/
select
    ids.company_id,
    ids.configuration_id as entity_id,
    coalesce(configurations.name, '(no name)') as entity_name,
    'The configuration ' || coalesce(configurations.name, '(no name)')
    || ' is active, but the Auvik device whose ID it carries is gone.' as reason,
    ids.configuration_id,
    ids.device_id,
    configurations.configuration_type_name,
    configurations.configuration_status_name,
    configurations.is_billed,
    configurations.updated_at
from core.auvik_device_ids as ids
join psa.configurations as configurations
    on ids.configuration_id = configurations.configuration_id
where
    configurations.is_active
    and not exists (
        select 1
        from auvik.devices as devices
        where devices.device_id = ids.device_id
    )
