/*
title    = "Auvik device is synced by a name that many devices could have"
severity = "medium"
subject  = "auvik.devices"
key      = ["device_id"]
why      = """An address or a maker's default name is given to the next device too; the configuration then \
           changes its owner."""
remedy   = """Rename the device in Auvik, or repair the discovery of its serial number so that the name does \
           not decide."""
source   = "seed 001: device identifier of device name; AV-I07"
*/
-- What each device is really identified by: the first identifier that is not blank.
with deciding as (
    select
        hits.device_id,
        hits.company_id,
        hits.value,
        hits.auvik_field
    from core.auvik_identifier_hits as hits
    qualify row_number() over (partition by hits.device_id order by hits.priority) = 1
)

select
    deciding.company_id,
    devices.device_id as entity_id,
    deciding.value as entity_name,
    'The Auvik device '
    || deciding.value
    || ' is synced by that name, which does not tell it from others.' as reason,
    deciding.value as device_name,
    devices.device_type,
    devices.serial_number,
    list_sort(devices.ip_addresses) as ip_addresses,
    devices.last_seen_at,
    devices.dashboard_url
from deciding
join auvik.devices as devices
    on deciding.device_id = devices.device_id
join core.auvik_predictions as predictions
    on deciding.device_id = predictions.device_id
where
    deciding.auvik_field in ('device_name', 'host_name')
    and predictions.is_in_scope
    and predictions.cause <> 'device_id'
    and (
        host_key(deciding.value) is null
        or norm_mac(deciding.value) is not null
        or regexp_full_match(
            lower(deciding.value),
            'unknown|localhost|switch|router|firewall|printer|ubnt|unifi|linux|ap|nas|server|iphone|android'
            || '|(npi|hp|brw|brn|km|epson)[0-9a-f]{6,}'
        )
        or lower(deciding.value) = lower(devices.make || ' ' || devices.model)
        or lower(deciding.value) = lower(devices.model)
    )
