/*
title    = "More than three active PSA configurations have one MAC address"
severity = "low"
subject  = "core.configuration_keys"
key      = ["value"]
why      = """One value on so many records identifies none of them: it is a docking station, a virtual \
           adapter or a copy, and links nothing any more."""
remedy   = """If it is an adapter that many machines share, add it to placeholder_macs.txt in the workspace; \
           else correct the MAC address of the records in the PSA."""
source   = "Links between assets: a value on more than three assets demotes itself"
*/
select
    null::bigint as company_id,
    keys.shared_mac as entity_id,
    keys.shared_mac as entity_name,
    'The MAC address ' || keys.shared_mac || ' stands on ' || count(*)
    || ' active PSA configurations and links none of them.' as reason,
    keys.shared_mac as value,
    count(*) as asset_count,
    list_sort(list(keys.configuration_id))[:20] as asset_ids
from core.configuration_keys as keys
where
    keys.shared_mac is not null
    and keys.is_active
group by keys.shared_mac
