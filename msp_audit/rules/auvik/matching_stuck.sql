/*
title    = "Auvik's sync is stuck matching a device"
severity = "high"
subject  = "core.auvik_mapping_states"
key      = ["device_id"]
why      = """Matching takes minutes. A device that is still being matched a day later will not be: nothing of \
           it reaches the PSA."""
remedy   = """In Auvik, on the tab Inventory Mappings, unmap the device and map it by hand. If it comes back to \
           Matching in Progress, open a case with Auvik."""
source   = "seed 001: states of the Inventory Mappings; AV-Q03"

[params]
matching_hours = 24
*/
select
    mappings.company_id,
    mappings.device_id as entity_id,
    coalesce(devices.name, '(no name)') as entity_name,
    'Auvik''s Inventory Mappings show the device ' || coalesce(devices.name, '(no name)')
    || ' as "' || mappings.state || '" on ' || strftime(mappings.copied_at, '%Y-%m-%d') || ' and already on '
    || strftime(mappings.state_since_at, '%Y-%m-%d') || '.' as reason,
    mappings.device_id,
    mappings.state_since_at,
    mappings.copied_at,
    devices.dashboard_url
from core.auvik_mapping_states as mappings
inner join auvik.devices as devices
    on mappings.device_id = devices.device_id
where
    mappings.state = 'Matching in Progress'
    -- Between two copies: a copy that grows old proves nothing.
    and mappings.copied_at - mappings.state_since_at > to_hours($matching_hours)
