/*
title    = "Several devices of one company and monitoring tool have the same serial number"
severity = "high"
subject  = "core.monitored_keys"
key      = ["company_id", "serial_number"]
why      = """A sync matches all of them to one configuration, which is then overwritten by each in turn."""
remedy   = """In Auvik delete and exclude the record that is not the device, or correct the serial number that \
           was typed in by hand; in another tool remove the asset that is left over."""
source   = "seed 001: device identifier; AV-I04"
tool_reports = ["serial_number"]
*/
select
    keys.company_id,
    -- What one tool says is one finding; Auvik's keep the identity that they had before there were others.
    case when keys.monitored_by = 'auvik' then '' else keys.monitored_by || '/' end
    || keys.serial_key as entity_id,
    keys.serial_key as entity_name,
    'The serial number ' || keys.serial_key || ' stands on ' || count(*) || ' ' || min(keys.tool_name)
    || ' devices of one company: '
    || array_to_string(list_sort(list(coalesce(keys.name, keys.asset_key)))[:5], ', ') || '.' as reason,
    keys.monitored_by,
    count(*) as device_count,
    list_sort(list(coalesce(keys.name, keys.asset_key))) as device_names,
    list_sort(list(keys.asset_key)) as device_ids
from core.monitored_keys as keys
where
    keys.company_id is not null
    and keys.serial_key is not null
    -- The members of a stack and the cards of a chassis answer with the serial number of the whole.
    and not coalesce(keys.device_type in ('stack', 'chassis', 'module'), false)
group by
    keys.monitored_by,
    keys.company_id,
    keys.serial_key
having count(*) > 1
