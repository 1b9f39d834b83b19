/*
title    = "Auvik's endpoints and other devices of one class are never created in the PSA"
severity = "low"
subject  = "auvik.devices"
key      = ["device_type"]
why      = """The device class has no configuration type, so devices that match nothing are left out and \
           nobody is told."""
remedy   = """In Auvik open Integrations > ConnectWise PSA > Inventory > Device Class Mappings, choose Add \
           Type Mapping and give the class a configuration type; if the class is left out on purpose, \
           suppress this finding."""
source   = "seed 001: device class mappings; AV-C01"
*/
select
    null::bigint as company_id,
    devices.device_type as entity_id,
    devices.device_type as entity_name,
    'The Auvik class ' || devices.device_type || ' has no configuration type, so ' || count(*) || ' '
    || case when count(*) = 1 then 'device of it is' else 'devices of it are' end
    || ' missing in ConnectWise PSA.' as reason,
    devices.device_type,
    count(*) as device_count,
    count(distinct predictions.company_id) as company_count,
    list_sort(list(coalesce(devices.name, devices.device_id)))[:20] as device_names
from core.auvik_predictions as predictions
join auvik.devices as devices
    on predictions.device_id = devices.device_id
where
    predictions.cause = 'class_unmapped'
    and devices.device_type is not null
    and not is_network_class(devices.device_type)
group by devices.device_type
