/*
title    = "Auvik's sync writes into another configuration than its identifiers lead to"
severity = "medium"
subject  = "core.auvik_mapping_states"
key      = ["device_id"]
parent   = "auvik.device_id_elsewhere.configuration_id"
why      = """Auvik keeps to a mapping once made. Either somebody mapped the device by hand, or the mapping is \
           old and the sync overwrites a record that is no longer this device."""
remedy   = """Compare both configurations in the PSA with the device. If the mapped one is wrong, unmap the \
           device on Auvik's tab Inventory Mappings and map it to the right one."""
source   = "seed 001: Configuration Item in the Inventory Mappings; AV-M11"
*/
select
    mappings.company_id,
    mappings.device_id as entity_id,
    coalesce(devices.name, '(no name)') as entity_name,
    'Auvik syncs the device ' || coalesce(devices.name, '(no name)') || ' into the configuration '
    || coalesce(
        mapped.name || ' (' || mapped.configuration_id || ')',
        mappings.configuration_id || ', which the PSA no longer has'
    )
    || '; its identifiers lead to the configuration ' || coalesce(expected.name, '(no name)')
    || ' (' || expected.configuration_id || ').' as reason,
    mappings.device_id,
    mappings.configuration_id,
    predictions.identified_configuration_id as expected_configuration_id,
    mappings.copied_at,
    devices.dashboard_url
from core.auvik_mapping_states as mappings
inner join core.auvik_predictions as predictions
    on mappings.device_id = predictions.device_id
inner join auvik.devices as devices
    on mappings.device_id = devices.device_id
inner join psa.configurations as expected
    on predictions.identified_configuration_id = expected.configuration_id
left join psa.configurations as mapped
    on mappings.configuration_id = mapped.configuration_id
where
    mappings.state = 'Mapped and Syncing'
    and mappings.configuration_id <> predictions.identified_configuration_id
