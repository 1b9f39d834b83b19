/*
title    = "Managed Auvik device has no PSA configuration"
severity = "medium"
subject  = "auvik.devices"
key      = ["device_id"]
why      = """The device is monitored and counted by Auvik, but the PSA cannot bill it or tie its alerts to \
           an asset."""
remedy   = """In Auvik open Integrations > ConnectWise PSA > Inventory and look at the device's state under \
           Inventory Mappings; give it an identifier, a device class mapping, or map it by hand."""
source   = "seed 001: inventory sync to ConnectWise PSA"
*/
select
    links.company_id,
    devices.device_id as entity_id,
    coalesce(devices.name, '(no name)') as entity_name,
    'The Auvik device ' || coalesce(devices.name, '(no name)') || ' of '
    || coalesce(tenants.name, tenants.domain_prefix, links.domain_prefix, '(no name)')
    || ' is managed but has no configuration in ConnectWise PSA.' as reason,
    coalesce(tenants.name, tenants.domain_prefix, links.domain_prefix) as tenant_name,
    devices.device_type,
    devices.make,
    devices.model,
    devices.serial_number,
    list_sort(devices.ip_addresses) as ip_addresses,
    devices.online_status,
    devices.last_seen_at,
    devices.dashboard_url
from auvik.devices as devices
join core.tenant_links as links
    on devices.tenant_id = links.tenant_id
left join auvik.tenants as tenants
    on devices.tenant_id = tenants.tenant_id
where
    devices.is_managed
    and links.syncs_inventory
    and not exists (
        select 1
        from core.device_links as device_links
        where device_links.device_id = devices.device_id
    )
