/*
title    = "A configuration carries the ID of an Auvik device that is another configuration"
severity = "high"
subject  = "psa.configurations"
key      = ["configuration_id"]
why      = """The sync once wrote this ID here and now finds the device elsewhere: one of the two records is a \
           duplicate that it made."""
remedy   = """Decide which configuration is the device, move its history there, and set the other to an \
           inactive status with the Auvik ID cleared."""
source   = "seed 001: field sync of the device ID; AV-M12"
*/
with carriers as (
    select
        ids.device_id,
        count(*) as configuration_count
    from core.auvik_device_ids as ids
    join psa.configurations as configurations
        on ids.configuration_id = configurations.configuration_id
    where configurations.is_active
    group by ids.device_id
)

select
    ids.company_id,
    ids.configuration_id as entity_id,
    coalesce(configurations.name, '(no name)') as entity_name,
    'The configuration '
    || coalesce(configurations.name, '(no name)')
    || ' carries the ID of the Auvik device '
    || coalesce(devices.name, '(no name)')
    || case
        when carriers.configuration_count > 1
            then ', as do ' || (carriers.configuration_count - 1) || ' others.'
        else ', but that device is ' || coalesce(identified.name, '(no name)') || ' ('
            || predictions.identified_configuration_id || ').'
    end as reason,
    ids.configuration_id,
    ids.device_id,
    predictions.identified_configuration_id,
    carriers.configuration_count,
    devices.dashboard_url
from core.auvik_device_ids as ids
join psa.configurations as configurations
    on ids.configuration_id = configurations.configuration_id
join auvik.devices as devices
    on ids.device_id = devices.device_id
join core.auvik_predictions as predictions
    on ids.device_id = predictions.device_id
join carriers
    on ids.device_id = carriers.device_id
left join psa.configurations as identified
    on predictions.identified_configuration_id = identified.configuration_id
where
    configurations.is_active
    and (
        carriers.configuration_count > 1
        or (
            predictions.is_in_scope
            and predictions.identified_configuration_id <> ids.configuration_id
        )
    )
