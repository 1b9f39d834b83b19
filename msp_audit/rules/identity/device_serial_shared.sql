/*
title    = "More than three devices of a monitoring tool have one serial number"
severity = "low"
subject  = "core.monitored_keys"
key      = ["value"]
why      = """One value on so many assets identifies none of them: it is a filler, a clone or a docking \
           station, and links nothing any more."""
remedy   = """If it is a filler, add it to placeholder_serials.txt in the workspace; if the machines are \
           clones, give each its own identity."""
source   = "Links between assets: a value on more than three assets demotes itself"
tool_reports = ["serial_number"]
*/
select
    null::bigint as company_id,
    -- What one tool says is one finding; Auvik's keep the identity that they had before there were others.
    case when keys.monitored_by = 'auvik' then '' else keys.monitored_by || '/' end
    || keys.shared_serial as entity_id,
    keys.shared_serial as entity_name,
    'The serial number '
    || keys.shared_serial
    || ' stands on '
    || count(distinct keys.asset_key)
    || ' '
    || min(keys.tool_name)
    || ' devices and links none of them.' as reason,
    keys.monitored_by,
    count(distinct keys.asset_key) as asset_count,
    list_sort(list(distinct keys.asset_key))[:20] as asset_ids
from core.monitored_keys as keys
where keys.shared_serial is not null
group by
    keys.monitored_by,
    keys.shared_serial
