/*
title    = "A large part of an Auvik tenant's devices is gone"
severity = "high"
subject  = "auvik.tenants"
key      = ["tenant_id"]
why      = """When many devices of one tenant leave the list together, it is rarely the devices: a collector is \
           down, credentials have expired or a network was taken out of discovery. None of them is watched now."""
remedy   = """Open the tenant in Auvik: are its collectors connected, and are all its networks scanned? If the \
           site was really closed, set the configurations of its devices inactive in the PSA."""
source   = "Auvik's device list, reading against reading; AV-D02"

[params]
within_days   = 14
gone_percent  = 20
least_devices = 10
*/
with counted as (
    select
        history.tenant_id,
        count(*) filter (where history.gone_at is null) as device_count,
        count(*) filter (where history.gone_at > $as_of - to_days($within_days)) as gone_count,
        max(history.gone_at) as gone_at,
        array_to_string(
            list_sort(
                list(history.name) filter (where history.gone_at > $as_of - to_days($within_days))
            )[1:10],
            ', '
        ) as gone_names
    from auvik.device_history as history
    group by history.tenant_id
)

select
    links.company_id,
    tenants.tenant_id as entity_id,
    coalesce(tenants.name, '(no name)') as entity_name,
    'Of the ' || (counted.device_count + counted.gone_count) || ' devices of the Auvik tenant '
    || coalesce(tenants.name, '(no name)') || ', ' || counted.gone_count || ' are gone since '
    || strftime(counted.gone_at, '%Y-%m-%d') || '.' as reason,
    tenants.tenant_id,
    tenants.domain_prefix,
    counted.device_count,
    counted.gone_count,
    counted.gone_at,
    counted.gone_names
from counted
inner join auvik.tenants as tenants
    on counted.tenant_id = tenants.tenant_id
left join core.tenant_links as links
    on tenants.tenant_id = links.tenant_id
where
    counted.device_count > 0
    and counted.gone_count > $least_devices
    and 100 * counted.gone_count > $gone_percent * (counted.device_count + counted.gone_count)
