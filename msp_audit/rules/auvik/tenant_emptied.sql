/*
title    = "An Auvik tenant that had devices has none"
severity = "high"
subject  = "auvik.tenants"
key      = ["tenant_id"]
why      = "Nothing of this customer's network is watched any more, and the PSA keeps its records as they were."
remedy   = """Open the tenant in Auvik: is its collector connected? If the customer left, remove the tenant's \
           site mapping and set the configurations of its devices inactive in the PSA."""
source   = "Auvik's device list, reading against reading; AV-D03"
*/
with counted as (
    select
        history.tenant_id,
        count(*) as device_count,
        max(history.gone_at) as gone_at
    from auvik.device_history as history
    group by history.tenant_id
    having count(*) filter (where history.gone_at is null) = 0
)

select
    links.company_id,
    tenants.tenant_id as entity_id,
    coalesce(tenants.name, '(no name)') as entity_name,
    'The Auvik tenant ' || coalesce(tenants.name, '(no name)') || ' had devices ('
    || counted.device_count || ' are known) and has none since ' || strftime(counted.gone_at, '%Y-%m-%d')
    || '.' as reason,
    tenants.tenant_id,
    tenants.domain_prefix,
    counted.device_count as former_device_count,
    counted.gone_at
from counted
inner join auvik.tenants as tenants
    on counted.tenant_id = tenants.tenant_id
left join core.tenant_links as links
    on tenants.tenant_id = links.tenant_id
