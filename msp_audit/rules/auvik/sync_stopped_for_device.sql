/*
title    = "Auvik's sync has stopped for a device that is online"
severity = "high"
subject  = "psa.configurations"
key      = ["configuration_id"]
parent   = "auvik.sync_stopped_for_company.company_id"
why      = """The Inventory Mappings may still say Mapped and Syncing, but the record is no longer updated."""
remedy   = """In Auvik open the Inventory Mappings of the tenant, unmap the device and map it again; look for \
           a required question or a locked record in the PSA."""
source   = "seed 001: Last mapped is updated daily; AV-F07, AV-Q04"
*/
select
    configurations.company_id,
    updates.configuration_id as entity_id,
    coalesce(min(configurations.name), '(no name)') as entity_name,
    'Auvik last updated the configuration ' || coalesce(min(configurations.name), '(no name)') || ' on '
    || strftime(min(updates.last_mapped_at), '%Y-%m-%d') || ', though its device is online.' as reason,
    updates.configuration_id,
    min(updates.last_mapped_at) as last_mapped_at,
    min(updates.device_id) as device_id,
    min(devices.name) as device_name,
    min(devices.dashboard_url) as dashboard_url
from core.auvik_last_mapped as updates
join psa.configurations as configurations
    on updates.configuration_id = configurations.configuration_id
join auvik.devices as devices
    on updates.device_id = devices.device_id
where
    configurations.is_active
    and devices.online_status = 'online'
    and updates.stale_at < $as_of
group by
    configurations.company_id,
    updates.configuration_id
