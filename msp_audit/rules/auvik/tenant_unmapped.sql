/*
title    = "Auvik tenant with managed devices has no site mapping"
severity = "high"
subject  = "auvik.tenants"
key      = ["tenant_id"]
why      = """None of the tenant's devices reaches the PSA: they are monitored and paid for, but not \
           documented, billed or ticketed."""
remedy   = """In Auvik open Integrations > ConnectWise PSA and add a site mapping from the tenant to its PSA \
           company, with the inventory box ticked; then record it in the declared settings."""
source   = "seed 001: inventory sync to ConnectWise PSA"
*/
with counted as (
    select
        devices.tenant_id,
        count(*) as device_count,
        count(*) filter (where devices.is_managed) as managed_device_count
    from auvik.devices as devices
    group by devices.tenant_id
)

select
    null::bigint as company_id,
    tenants.tenant_id as entity_id,
    coalesce(tenants.name, tenants.domain_prefix, '(no name)') as entity_name,
    'The Auvik tenant ' || coalesce(tenants.name, tenants.domain_prefix, '(no name)') || ' has '
    || counted.managed_device_count || ' managed '
    || case when counted.managed_device_count = 1 then 'device' else 'devices' end
    || ' but is not mapped to a company in ConnectWise PSA.' as reason,
    tenants.domain_prefix,
    tenants.tenant_type,
    counted.managed_device_count,
    counted.device_count
from auvik.tenants as tenants
join counted
    on tenants.tenant_id = counted.tenant_id
where
    tenants.tenant_type in ('client', 'corporateIt')
    and counted.managed_device_count >= 1
    and not exists (
        select 1
        from auvik.sync_site_map as site_map
        where site_map.domain_prefix = tenants.domain_prefix
    )
