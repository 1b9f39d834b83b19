/*
title    = "Auvik device class is mapped to a configuration type that is gone or inactive"
severity = "high"
subject  = "auvik.sync_class_map"
key      = ["device_type"]
why      = "The sync can create nothing for the class: a valid configuration type is required."
remedy   = """In Auvik open Integrations > ConnectWise PSA > Inventory > Device Class Mappings and choose \
           another type, or reactivate the type in the PSA (System > Setup Tables > Configuration)."""
source   = "seed 001: device class mappings; AV-C02"
*/
select
    null::bigint as company_id,
    class_map.device_type as entity_id,
    class_map.device_type as entity_name,
    'The Auvik class ' || class_map.device_type || ' is mapped to the configuration type '
    || coalesce(class_map.configuration_type_name, '(none)') || ', which '
    || case when count(types.configuration_type_id) = 0 then 'does not exist' else 'is inactive' end
    || ' in ConnectWise PSA.' as reason,
    class_map.configuration_type_name,
    count(types.configuration_type_id) > 0 as is_inactive
from auvik.sync_class_map as class_map
left join psa.configuration_types as types
    on lower(class_map.configuration_type_name) = lower(types.name)
group by
    class_map.device_type,
    class_map.configuration_type_name
having count(*) filter (
        where types.configuration_type_id is not null and not coalesce(types.is_inactive, false)
    )
    = 0
