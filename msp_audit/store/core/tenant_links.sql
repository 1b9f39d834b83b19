/*
grain = "one row per Auvik tenant that is mapped to a PSA company"

[columns]
tenant_id       = "The Auvik tenant."
domain_prefix   = "Its domain prefix, by which the settings declare the mapping."
company_id      = "The PSA company."
syncs_inventory = "Whether its inventory is synced."
*/
select
    tenants.tenant_id,
    tenants.domain_prefix,
    min(site_map.company_id) as company_id,
    coalesce(bool_or(site_map.syncs_inventory), false) as syncs_inventory
from auvik.tenants as tenants
inner join auvik.sync_site_map as site_map
    on tenants.domain_prefix = site_map.domain_prefix
where site_map.company_id is not null
group by
    tenants.tenant_id,
    tenants.domain_prefix
-- Declared twice in different spelling, for different companies: which one holds cannot be known.
having count(distinct site_map.company_id) = 1
