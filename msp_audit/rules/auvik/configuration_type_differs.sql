/*
title    = "A synced configuration has another type than its device class says"
severity = "medium"
subject  = "psa.configurations"
key      = ["configuration_id"]
why      = """Editing a class mapping changes no existing record, so lists and billing by type count the wrong \
           machines."""
remedy   = """In Auvik add a sync field Device class mapping to Configuration Type (Integrations > ConnectWise \
           PSA > Inventory > Field Sync Mappings), or correct the Type of the configuration by hand."""
source   = "seed 001: device class mappings and field syncing; AV-C03"
*/
select
    configurations.company_id,
    configurations.configuration_id as entity_id,
    coalesce(configurations.name, '(no name)') as entity_name,
    'The configuration ' || coalesce(configurations.name, '(no name)') || ' is of the type '
    || configurations.configuration_type_name || ', but Auvik''s class ' || min(devices.device_type)
    || ' is mapped to ' || min(predictions.configuration_type_name) || '.' as reason,
    configurations.configuration_id,
    configurations.configuration_type_name,
    min(predictions.configuration_type_name) as mapped_type_name,
    min(devices.device_type) as device_type,
    min(devices.device_id) as device_id,
    min(devices.name) as device_name
from core.auvik_predictions as predictions
join auvik.devices as devices
    on predictions.device_id = devices.device_id
join psa.configurations as configurations
    on predictions.configuration_id = configurations.configuration_id
where
    predictions.outcome = 'match'
    and lower(configurations.configuration_type_name) <> lower(predictions.configuration_type_name)
    and not (
        is_frozen_type(configurations.configuration_type_name)
        or is_frozen_type(predictions.configuration_type_name)
    )
group by
    configurations.company_id,
    configurations.configuration_id,
    configurations.name,
    configurations.configuration_type_name
