/*
title    = "A synced configuration has another manufacturer than the make mapping says"
severity = "low"
subject  = "psa.configurations"
key      = ["configuration_id"]
why      = """The field is synced and yet differs: the API member may not write it, or another system writes \
           it too."""
remedy   = """Check the rights of the integration's API member, and which system wrote the configuration last; \
           then correct the Manufacturer."""
source   = "seed 001: device make is mapped to manufacturer; AV-K05"
*/
select
    configurations.company_id,
    configurations.configuration_id as entity_id,
    coalesce(configurations.name, '(no name)') as entity_name,
    'The configuration ' || coalesce(configurations.name, '(no name)') || ' has the manufacturer '
    || coalesce(configurations.manufacturer_name, '(none)') || ' where Auvik syncs '
    || min(make_map.manufacturer_name) || '.' as reason,
    configurations.configuration_id,
    configurations.manufacturer_name,
    min(make_map.manufacturer_name) as mapped_manufacturer_name,
    min(devices.make) as make,
    min(devices.device_id) as device_id
from core.auvik_predictions as predictions
join auvik.devices as devices
    on predictions.device_id = devices.device_id
join auvik.sync_make_map as make_map
    on lower(devices.make) = lower(make_map.make)
join psa.configurations as configurations
    on predictions.configuration_id = configurations.configuration_id
where
    predictions.outcome = 'match'
    and lower(make_map.manufacturer_name) is distinct from lower(configurations.manufacturer_name)
    and make_map.manufacturer_name is not null
    and exists (
        select 1
        from auvik.sync_field_map as fields
        where
            fields.auvik_field = 'device_make'
            and lower(fields.psa_field) = 'manufacturer'
            and lower(fields.scope) in ('all', lower(configurations.configuration_type_name))
    )
group by
    configurations.company_id,
    configurations.configuration_id,
    configurations.name,
    configurations.manufacturer_name
