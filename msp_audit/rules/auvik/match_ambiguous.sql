/*
title    = "Several configurations match one Auvik device"
severity = "high"
subject  = "auvik.devices"
key      = ["device_id"]
why      = """The documents do not say which record Auvik takes, and the choice may change; the other records \
           go stale."""
remedy   = """In the PSA merge the configurations, or set all but one to an inactive status; then unmap and \
           map the device under Inventory Mappings in Auvik."""
source   = "seed 001: device identifier; AV-M01"
*/
select
    predictions.company_id,
    devices.device_id as entity_id,
    coalesce(devices.name, '(no name)') as entity_name,
    'The Auvik device ' || coalesce(devices.name, '(no name)') || ': ' || predictions.reason as reason,
    devices.device_type,
    devices.serial_number,
    predictions.identifier,
    predictions.configuration_count,
    predictions.configuration_id as first_configuration_id,
    devices.last_seen_at,
    devices.dashboard_url
from core.auvik_predictions as predictions
join auvik.devices as devices
    on predictions.device_id = devices.device_id
where
    predictions.outcome = 'ambiguous'
