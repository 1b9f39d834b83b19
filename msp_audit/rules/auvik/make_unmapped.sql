/*
title    = "Make of several Auvik devices has no make mapping"
severity = "low"
subject  = "auvik.devices"
key      = ["make_key"]
why      = """Configurations of the make come without manufacturer and vendor, so warranty and purchasing \
           lists miss them."""
remedy   = """In Auvik open Integrations > ConnectWise PSA > Inventory > Device Make Mappings and choose Add \
           Make Mapping; Auto adds only makes that match a name."""
source   = "seed 001: device make mappings; AV-K01"

[params]
# Fewer devices of a make are not worth a mapping.
least_devices = 5
*/
select
    null::bigint as company_id,
    lower(devices.make) as entity_id,
    min(devices.make) as entity_name,
    'The make ' || min(devices.make) || ' of ' || count(*)
    || ' synced Auvik devices has no manufacturer or vendor in ConnectWise PSA.' as reason,
    lower(devices.make) as make_key,
    count(*) as device_count,
    count(distinct predictions.company_id) as company_count
from core.auvik_predictions as predictions
join auvik.devices as devices
    on predictions.device_id = devices.device_id
where
    predictions.outcome in ('match', 'create', 'ambiguous')
    and devices.make is not null
    and not exists (
        select 1
        from auvik.sync_make_map as make_map
        where lower(make_map.make) = lower(devices.make)
    )
group by lower(devices.make)
having count(*) >= $least_devices
