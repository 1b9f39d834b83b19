/*
title    = "Auvik device syncs by a serial number that identifies nothing"
severity = "high"
subject  = "auvik.devices"
key      = ["device_id"]
why      = """Auvik leaves out only 'Unknown': a filler such as 'Default string' matches every PSA \
           configuration with the same filler, and one record is overwritten by many devices."""
remedy   = """Clear the filler from the configuration's Serial Number in the PSA, enter the real one on the \
           device in Auvik, and put another device identifier first (Integrations > ConnectWise PSA > \
           Inventory > Device Identifiers)."""
source   = "seed 001: device identifier"
*/
select
    links.company_id,
    devices.device_id as entity_id,
    coalesce(devices.name, '(no name)') as entity_name,
    'The Auvik device ' || coalesce(devices.name, '(no name)') || ' of '
    || coalesce(tenants.name, tenants.domain_prefix, links.domain_prefix, '(no name)')
    || ' is synced by the serial number "' || clean(devices.serial_number)
    || '", which does not identify a device.' as reason,
    devices.serial_number,
    coalesce(tenants.name, tenants.domain_prefix, links.domain_prefix) as tenant_name,
    devices.device_type,
    devices.make,
    devices.model,
    list_sort(devices.ip_addresses) as ip_addresses,
    devices.last_seen_at,
    devices.dashboard_url
from auvik.devices as devices
join core.tenant_links as links
    on devices.tenant_id = links.tenant_id
left join auvik.tenants as tenants
    on devices.tenant_id = tenants.tenant_id
where
    links.syncs_inventory
    and is_placeholder_serial(devices.serial_number)
    and not auvik_blank(devices.serial_number)
    and (
        devices.is_managed
        or not exists (
            select 1
            from auvik.sync_options as options
            where options.is_managed_only
        )
    )
    and exists (
        select 1
        from auvik.sync_identifiers as identifiers
        where identifiers.auvik_field = 'serial_number'
    )
