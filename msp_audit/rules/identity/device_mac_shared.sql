/*
title    = "More than three devices of a monitoring tool have one MAC address"
severity = "low"
subject  = "core.monitored_macs"
key      = ["monitored_by", "value"]
why      = """One value on so many devices identifies none of them: it is the shared address of a redundant \
           pair, a virtual adapter or a docking station, and links nothing any more."""
remedy   = """If it is an adapter that many devices share, add it to placeholder_macs.txt in the workspace; if \
           one device was discovered several times, delete and exclude the others."""
source   = "Links between assets: a value on more than three assets demotes itself"
tool_reports = ["mac_address"]
*/
select
    null::bigint as company_id,
    macs.mac_key as entity_id,
    macs.mac_key as entity_name,
    'The MAC address ' || macs.mac_key || ' stands on ' || count(distinct macs.asset_key) || ' '
    || min(macs.tool_name) || ' devices and links none of them.' as reason,
    macs.monitored_by,
    macs.mac_key as value,
    count(distinct macs.asset_key) as asset_count,
    list_sort(list(distinct macs.asset_key))[:20] as asset_ids
from core.monitored_macs as macs
where macs.asset_count > 3
group by
    macs.monitored_by,
    macs.mac_key
