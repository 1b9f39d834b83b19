/*
title    = "Auvik deleted a device and found it again under a new ID"
severity = "info"
subject  = "auvik.devices"
key      = ["device_id"]
why      = """Deleted without being excluded, a device is discovered anew. To the sync it is another device: its \
           old configuration is left behind, and with the wrong options a second one is made."""
remedy   = """Look up which configuration carries which of the two device IDs. Whoever deletes a device in Auvik \
           for good should also exclude it; whoever moved it to another tenant should move its \
           configuration too."""
source   = "Auvik's device list, reading against reading; Auvik on Delete and Exclude; AV-L07"

[params]
within_days = 30
*/
with
-- Only what is near in time is normalised.
gone as (
    select
        good_serial(history.serial_number) as serial_key,
        history.device_id,
        history.tenant_id,
        history.name,
        history.gone_at
    from auvik.device_history as history
    where history.gone_at > $as_of - to_days($within_days)
),

found as (
    select
        good_serial(history.serial_number) as serial_key,
        history.device_id,
        history.tenant_id,
        history.first_read_at
    from auvik.device_history as history
    where
        history.gone_at is null
        and history.first_read_at > $as_of - to_days($within_days)
        and history.first_read_at > (select min(others.first_read_at) from auvik.device_history as others)
),

-- Of several with one serial number, the one that left last.
latest_gone as (
    select
        gone.serial_key,
        arg_max(gone.device_id, (gone.gone_at, gone.device_id)) as device_id,
        arg_max(gone.tenant_id, (gone.gone_at, gone.device_id)) as tenant_id,
        arg_max(gone.name, (gone.gone_at, gone.device_id)) as name,
        max(gone.gone_at) as gone_at
    from gone
    where gone.serial_key is not null
    group by gone.serial_key
),

carriers as (
    select
        ids.device_id,
        min(ids.configuration_id) as configuration_id
    from core.auvik_device_ids as ids
    group by ids.device_id
)

select
    links.company_id,
    devices.device_id as entity_id,
    coalesce(devices.name, '(no name)') as entity_name,
    'The device ' || coalesce(devices.name, '(no name)') || ' with the serial number ' || found.serial_key
    || ' is new in Auvik since ' || strftime(found.first_read_at, '%Y-%m-%d')
    || '; one with the same serial number, ' || coalesce(former.name, '(no name)') || ', was gone on '
    || strftime(former.gone_at, '%Y-%m-%d')
    || case
        when former.tenant_id <> found.tenant_id
            then ' from the tenant ' || coalesce(tenants.name, former.tenant_id)
        else ''
    end || '.' as reason,
    devices.device_id,
    found.serial_key as serial_number,
    former.device_id as former_device_id,
    former.gone_at,
    found.first_read_at,
    carriers.configuration_id as former_configuration_id,
    devices.dashboard_url
from found
inner join latest_gone as former
    on
        found.serial_key = former.serial_key
        -- The old one left before, or in the very reading in which the new one came.
        and found.first_read_at >= former.gone_at
inner join auvik.devices as devices
    on found.device_id = devices.device_id
left join core.tenant_links as links
    on devices.tenant_id = links.tenant_id
left join auvik.tenants as tenants
    on former.tenant_id = tenants.tenant_id
left join carriers
    on former.device_id = carriers.device_id
