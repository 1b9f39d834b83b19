/*
grain = "one row per Auvik device whose PSA configuration is known beyond doubt"

[columns]
device_id        = "The Auvik device."
configuration_id = "The PSA configuration that stands for it, within the company of the device's tenant."
company_id       = "The PSA company of both."
evidence         = "How it is known: serial number or device name; the first of them that finds any."
detail           = "What they agree in."
*/
with
devices as (
    select
        devices.device_id,
        tenant_links.company_id,
        good_serial(devices.serial_number) as serial_key,
        host_key(devices.name) as name_key
    from auvik.devices as devices
    inner join core.tenant_links as tenant_links
        on devices.tenant_id = tenant_links.tenant_id
),

configurations as (
    select
        configurations.configuration_id,
        configurations.company_id,
        good_serial(configurations.serial_number) as serial_key,
        host_key(configurations.name) as name_key
    from psa.configurations as configurations
    where configurations.company_id is not null
),

-- Grouped before joined: a value shared by thousands on both sides stays one row.
serials as (
    select
        configurations.company_id,
        configurations.serial_key,
        min(configurations.configuration_id) as configuration_id,
        count(*) as configuration_count
    from configurations
    where configurations.serial_key is not null
    group by
        configurations.company_id,
        configurations.serial_key
),

serials_and_names as (
    select
        configurations.company_id,
        configurations.serial_key,
        configurations.name_key,
        min(configurations.configuration_id) as configuration_id,
        count(*) as configuration_count
    from configurations
    where
        configurations.serial_key is not null
        and configurations.name_key is not null
    group by
        configurations.company_id,
        configurations.serial_key,
        configurations.name_key
),

names as (
    select
        configurations.company_id,
        configurations.name_key,
        min(configurations.configuration_id) as configuration_id,
        count(*) as configuration_count
    from configurations
    where configurations.name_key is not null
    group by
        configurations.company_id,
        configurations.name_key
),

by_serial as (
    select
        devices.device_id,
        min(serials.configuration_id) as configuration_id,
        min(serials.company_id) as company_id,
        min(serials.serial_key) as detail,
        sum(serials.configuration_count) as hit_count
    from devices
    inner join serials
        on
            devices.company_id = serials.company_id
            and devices.serial_key = serials.serial_key
    group by devices.device_id
),

-- Where a serial number has several configurations, the name may still pick one of them.
by_both as (
    select
        devices.device_id,
        min(serials_and_names.configuration_id) as configuration_id,
        min(serials_and_names.company_id) as company_id,
        min(serials_and_names.serial_key) as detail
    from devices
    inner join serials_and_names
        on
            devices.company_id = serials_and_names.company_id
            and devices.serial_key = serials_and_names.serial_key
            and devices.name_key = serials_and_names.name_key
    semi join by_serial
        on
            devices.device_id = by_serial.device_id
            and by_serial.hit_count > 1
    group by devices.device_id
    having sum(serials_and_names.configuration_count) = 1
),

by_name as (
    select
        devices.device_id,
        min(names.configuration_id) as configuration_id,
        min(names.company_id) as company_id,
        min(names.name_key) as detail,
        sum(names.configuration_count) as hit_count
    from devices
    inner join names
        on
            devices.company_id = names.company_id
            and devices.name_key = names.name_key
    -- A serial number that was found settles the matter, even when it is ambiguous.
    anti join by_serial
        on devices.device_id = by_serial.device_id
    group by devices.device_id
)

select
    by_serial.device_id,
    by_serial.configuration_id,
    by_serial.company_id,
    'serial number' as evidence,
    by_serial.detail
from by_serial
where by_serial.hit_count = 1
union all
select
    by_both.device_id,
    by_both.configuration_id,
    by_both.company_id,
    'serial number' as evidence,
    by_both.detail || ', told apart by name' as detail
from by_both
union all
select
    by_name.device_id,
    by_name.configuration_id,
    by_name.company_id,
    'device name' as evidence,
    by_name.detail
from by_name
where by_name.hit_count = 1
