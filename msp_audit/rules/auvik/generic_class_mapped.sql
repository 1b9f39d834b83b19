/*
title    = "Auvik's generic devices become configurations"
severity = "medium"
subject  = "auvik.sync_class_map"
key      = ["device_type"]
why      = """Generic Device is what Auvik calls everything it has not recognised: phones, toys and passers-by \
           fill the PSA."""
remedy   = """In Auvik open Integrations > ConnectWise PSA > Inventory > Device Class Mappings and delete the \
           mapping of Generic Device; map the classes that are meant."""
source   = "AV-C05"
*/
select
    null::bigint as company_id,
    class_map.device_type as entity_id,
    'Generic Device' as entity_name,
    'Auvik creates a configuration of the type ' || coalesce(class_map.configuration_type_name, '(none)')
    || ' for every device that it does not recognise.' as reason,
    class_map.configuration_type_name
from auvik.sync_class_map as class_map
where class_map.device_type = 'unknown'
