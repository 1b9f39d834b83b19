/*
title    = "Auvik tenant is mapped, but its inventory is not synced"
severity = "medium"
subject  = "auvik.tenants"
key      = ["tenant_id"]
why      = """Alerts become tickets, yet no device of the tenant reaches the PSA, so tickets stand without a \
           configuration."""
remedy   = """In Auvik open Integrations > ConnectWise PSA > Site Mappings and tick the inventory box of the \
           tenant; if it is off on purpose, suppress this finding with the reason."""
source   = "seed 001: inventory sync; AV-S02"
*/
select
    site_map.company_id,
    tenants.tenant_id as entity_id,
    coalesce(tenants.name, tenants.domain_prefix, '(no name)') as entity_name,
    'The Auvik tenant '
    || coalesce(tenants.name, tenants.domain_prefix, '(no name)')
    || ' has '
    || counted.managed_device_count
    || ' managed '
    || case when counted.managed_device_count = 1 then 'device' else 'devices' end
    || ', but its inventory is not synced.' as reason,
    tenants.domain_prefix,
    counted.managed_device_count,
    site_map.syncs_alerts
from auvik.tenants as tenants
join auvik.sync_site_map as site_map
    on tenants.domain_prefix = site_map.domain_prefix
join (
    select
        devices.tenant_id,
        count(*) as managed_device_count
    from auvik.devices as devices
    where devices.is_managed
    group by devices.tenant_id
) as counted
    on tenants.tenant_id = counted.tenant_id
where
    not coalesce(site_map.syncs_inventory, false)
