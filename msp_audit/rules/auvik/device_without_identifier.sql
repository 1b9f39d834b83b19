/*
title    = "Auvik device has nothing to be synced by"
severity = "medium"
subject  = "auvik.devices"
key      = ["device_id"]
why      = """Every device identifier is blank or 'Unknown', so the sync passes the device over and nothing \
           says so."""
remedy   = """Give Auvik working SNMP, WMI or login credentials for the device (device page > Discovery), or \
           put the device name among the Device Identifiers (Integrations > ConnectWise PSA > Inventory)."""
source   = "seed 001: device identifier; AV-I01, AV-I02"
*/
select
    predictions.company_id,
    devices.device_id as entity_id,
    coalesce(devices.name, '(no name)') as entity_name,
    'The Auvik device ' || coalesce(devices.name, devices.ip_addresses[1], '(no name)')
    || ' has no ' || (
        select string_agg(replace(fields.auvik_field, '_', ' '), ' and no ' order by fields.priority)
        from auvik.sync_identifiers as fields
    ) || ' to be synced by.' as reason,
    devices.device_type,
    devices.serial_number,
    details.snmp_status,
    details.login_status,
    details.wmi_status,
    details.vmware_status,
    devices.last_seen_at,
    devices.dashboard_url
from core.auvik_predictions as predictions
join auvik.devices as devices
    on predictions.device_id = devices.device_id
left join auvik.device_details as details
    on devices.device_id = details.device_id
where
    predictions.cause = 'no_identifier'
