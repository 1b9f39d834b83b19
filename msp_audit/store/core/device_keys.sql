/*
grain = "one row per Auvik device"

[columns]
device_id     = "The Auvik device."
company_id    = "The PSA company of its tenant; null when the tenant is not mapped."
serial_key    = "Its serial number for comparing; null when it identifies nothing or more than three devices have it."
name_key      = "Its name for comparing, as a host name."
maker_key     = "Its make for comparing."
shared_serial = "The serial number that more than three devices have."
*/
with
devices as (
    select
        devices.device_id,
        devices.tenant_id,
        good_serial(devices.serial_number) as serial_key,
        host_key(devices.name) as name_key,
        maker_key(devices.make) as maker_key
    from auvik.devices as devices
),

shared_serials as (
    select devices.serial_key
    from devices
    group by devices.serial_key
    having count(*) > 3
)

select
    devices.device_id,
    tenant_links.company_id,
    case when shared_serials.serial_key is null then devices.serial_key end as serial_key,
    devices.name_key,
    devices.maker_key,
    shared_serials.serial_key as shared_serial
from devices
left join core.tenant_links as tenant_links
    on devices.tenant_id = tenant_links.tenant_id
left join shared_serials
    on devices.serial_key = shared_serials.serial_key
