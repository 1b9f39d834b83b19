/*
title    = "Auvik's sync leaves a device at Ready to Match"
severity = "high"
subject  = "core.auvik_mapping_states"
key      = ["device_id"]
why      = """Ready to Match is left at the next sync. A device that is still there after two days shows that \
           no sync runs for its tenant, so nothing of the tenant is created or updated in the PSA."""
remedy   = """In Auvik open Integrations > ConnectWise PSA and look at the tenant's site mapping and the state \
           of the integration. Look in the PSA whether the API member is active and may write \
           configurations of that company."""
source   = "seed 001: states of the Inventory Mappings; AV-Q02"

[params]
ready_hours = 48
*/
select
    mappings.company_id,
    mappings.device_id as entity_id,
    coalesce(devices.name, '(no name)') as entity_name,
    'Auvik''s Inventory Mappings show the device ' || coalesce(devices.name, '(no name)')
    || ' as "' || mappings.state || '" on ' || strftime(mappings.copied_at, '%Y-%m-%d') || ' and already on '
    || strftime(mappings.state_since_at, '%Y-%m-%d') || ': no sync came by.' as reason,
    mappings.device_id,
    mappings.tenant_id,
    tenants.name as tenant_name,
    mappings.state_since_at,
    mappings.copied_at,
    devices.dashboard_url
from core.auvik_mapping_states as mappings
inner join auvik.devices as devices
    on mappings.device_id = devices.device_id
left join auvik.tenants as tenants
    on mappings.tenant_id = tenants.tenant_id
where
    mappings.state = 'Ready to Match'
    -- Between two copies: a copy that grows old proves nothing.
    and mappings.copied_at - mappings.state_since_at >= to_hours($ready_hours)
