/*
title    = "One serial number on a monitoring tool's devices of several companies"
severity = "high"
subject  = "core.monitored_keys"
key      = ["serial_number"]
why      = """A device cannot be at two customers: it moved and left a record behind, or a tenant is mapped to \
           the wrong company."""
remedy   = """Find out where the device is. Delete and exclude the stale record in Auvik, or correct the \
           tenant's site mapping; in another tool remove the record, or correct the organisation's company."""
source   = "AV-I05; condition: a device moved between tenants gets a new ID and keeps its serial number"
tool_reports = ["serial_number"]
*/
with found as (
    select
        keys.monitored_by,
        min(keys.tool_name) as tool_name,
        keys.serial_key,
        list_distinct(list(keys.company_id)) as company_ids,
        list(keys.asset_key) as device_ids,
        max(keys.last_seen_at) as last_seen_at
    from core.monitored_keys as keys
    where
        keys.company_id is not null
        and keys.serial_key is not null
    group by
        keys.monitored_by,
        keys.serial_key,
        -- Two makers may use the same short serial number; a long one is told from chance.
        case when length(keys.serial_key) < 7 then coalesce(keys.maker_key, '') end
    having count(distinct keys.company_id) > 1
)

select
    list_min(flatten(list(found.company_ids))) as company_id,
    -- What one tool says is one finding; Auvik's keep the identity that they had before there were others.
    case when found.monitored_by = 'auvik' then '' else found.monitored_by || '/' end
    || found.serial_key as entity_id,
    found.serial_key as entity_name,
    'The serial number ' || found.serial_key || ' stands on ' || min(found.tool_name) || ' devices of '
    || len(list_distinct(flatten(list(found.company_ids)))) || ' companies.' as reason,
    found.monitored_by,
    list_sort(list_distinct(flatten(list(found.company_ids)))) as company_ids,
    list_sort(flatten(list(found.device_ids))) as device_ids,
    max(found.last_seen_at) as last_seen_at
from found
group by
    found.monitored_by,
    found.serial_key
