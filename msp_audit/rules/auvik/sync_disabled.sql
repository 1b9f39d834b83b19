/*
title    = "Auvik's inventory sync is switched off though tenants are mapped"
severity = "critical"
subject  = "core.auvik_terms"
key      = ["setting"]
why      = """Nothing reaches the PSA any more: new devices are missing and the fields of the others freeze."""
remedy   = """In Auvik open Integrations > ConnectWise PSA > Inventory, tick Enable Inventory Syncing and \
           save."""
source   = "seed 001: enable syncing; AV-S06"
*/
select
    null::bigint as company_id,
    'enabled' as entity_id,
    'Enable Inventory Syncing' as entity_name,
    'Inventory syncing is switched off in Auvik, though ' || count(*) || ' '
    || case when count(*) = 1 then 'tenant is' else 'tenants are' end || ' mapped to a company.' as reason,
    count(*) as tenant_count
from core.auvik_terms as terms
join core.tenant_links as links
    on links.syncs_inventory
where not terms.is_enabled
having count(*) > 0
