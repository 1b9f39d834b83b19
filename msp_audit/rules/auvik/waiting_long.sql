/*
title    = "Auvik's sync has been waiting for a device for days"
severity = "low"
subject  = "core.auvik_mapping_states"
key      = ["device_id"]
why      = """The sync matches a device only after it was online. One that never comes online is never \
           matched: it is switched off, or Auvik cannot reach it."""
remedy   = """Open the device in Auvik. If it is in use, let the collector reach it (ping, SNMP); if it is \
           gone, delete it there."""
source   = "seed 001: states of the Inventory Mappings; AV-Q01"

[params]
waiting_days = 7
*/
select
    mappings.company_id,
    mappings.device_id as entity_id,
    coalesce(devices.name, '(no name)') as entity_name,
    'Auvik''s Inventory Mappings show the device ' || coalesce(devices.name, '(no name)')
    || ' as "' || mappings.state || '" since ' || strftime(mappings.state_since_at, '%Y-%m-%d')
    || ' at the latest.' as reason,
    mappings.device_id,
    devices.online_status,
    devices.last_seen_at,
    mappings.state_since_at,
    mappings.copied_at,
    devices.dashboard_url
from core.auvik_mapping_states as mappings
inner join auvik.devices as devices
    on mappings.device_id = devices.device_id
where
    mappings.state = 'Waiting for Online Time'
    -- Between two copies: a copy that grows old proves nothing.
    and mappings.copied_at - mappings.state_since_at > to_days($waiting_days)
