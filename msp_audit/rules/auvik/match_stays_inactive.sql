/*
title    = "Auvik writes to an inactive configuration and leaves it inactive"
severity = "medium"
subject  = "auvik.devices"
key      = ["device_id"]
why      = """The device is monitored while its record says that it is gone: it is neither billed nor listed."""
remedy   = """In Auvik turn on 'Update matched configurations as active' with the status to set (Integrations \
           > ConnectWise PSA > Inventory), or set the configuration active by hand."""
source   = "seed 001: update matched configurations as active; AV-M06"
*/
select
    predictions.company_id,
    devices.device_id as entity_id,
    coalesce(devices.name, '(no name)') as entity_name,
    'Auvik syncs ' || coalesce(devices.name, '(no name)') || ' to the configuration '
    || coalesce(configurations.name, '(no name)') || ', which is inactive and stays so.' as reason,
    devices.device_type,
    devices.serial_number,
    configurations.configuration_id,
    configurations.configuration_status_name,
    devices.last_seen_at,
    devices.dashboard_url
from core.auvik_predictions as predictions
join auvik.devices as devices
    on predictions.device_id = devices.device_id
join core.auvik_terms as terms
    on
        not terms.only_matches_active
        and terms.updates_matched_as_active is null
join psa.configurations as configurations
    on predictions.configuration_id = configurations.configuration_id
where
    predictions.outcome = 'match'
    and not configurations.is_active
