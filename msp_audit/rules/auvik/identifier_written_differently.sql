/*
title    = "Auvik will duplicate a configuration whose identifier is only written differently"
severity = "high"
subject  = "auvik.devices"
key      = ["device_id"]
why      = """Auvik compares character by character: a prefix, a blank, a lost zero or a domain name makes it \
           create a second record."""
remedy   = """Correct the Serial Number or Configuration Name of that configuration in the PSA so that it \
           equals Auvik's, before the sync runs."""
source   = "seed 001: a device that does not match gets a new record; AV-I10"
*/
with
unmatched as (
    select
        keys.device_id,
        keys.company_id,
        ltrim(keys.serial_key, '0') as serial_key,
        keys.name_key
    from core.auvik_predictions as predictions
    join core.device_keys as keys
        on predictions.device_id = keys.device_id
    where predictions.cause = 'no_configuration'
),

alike as (
    select
        unmatched.device_id,
        'Serial Number' as field,
        1 as place,
        keys.configuration_id
    from unmatched
    join core.configuration_keys as keys
        on
            unmatched.company_id = keys.company_id
            and unmatched.serial_key = ltrim(keys.serial_key, '0')
    where
        keys.is_active
        and exists (
            select 1
            from auvik.sync_identifiers as identifiers
            where identifiers.auvik_field = 'serial_number'
        )
    union all
    select
        unmatched.device_id,
        'Configuration Name' as field,
        2 as place,
        keys.configuration_id
    from unmatched
    join core.configuration_keys as keys
        on
            unmatched.company_id = keys.company_id
            and unmatched.name_key = keys.name_key
    where
        keys.is_active
        and exists (
            select 1
            from auvik.sync_identifiers as identifiers
            where identifiers.auvik_field <> 'serial_number'
        )
),

first_alike as (
    select
        alike.device_id,
        alike.field,
        alike.configuration_id
    from alike
    qualify row_number() over (partition by alike.device_id order by alike.place, alike.configuration_id) = 1
)

select
    predictions.company_id,
    devices.device_id as entity_id,
    coalesce(devices.name, '(no name)') as entity_name,
    'Auvik will create a second record for ' || coalesce(devices.name, '(no name)') || ': the '
    || first_alike.field || ' of configuration ' || first_alike.configuration_id || ' is "'
    || coalesce(
        case
            when first_alike.field = 'Serial Number' then configurations.serial_number
            else configurations.name
        end, ''
    ) || '" where Auvik has "'
    || coalesce(
        case when first_alike.field = 'Serial Number' then devices.serial_number else devices.name end, ''
    ) || '".' as reason,
    first_alike.field,
    case when first_alike.field = 'Serial Number' then devices.serial_number else devices.name end
        as auvik_value,
    case
        when first_alike.field = 'Serial Number' then configurations.serial_number else configurations.name
    end as psa_value,
    first_alike.configuration_id,
    configurations.name as configuration_name,
    devices.device_type,
    devices.dashboard_url
from first_alike
join auvik.devices as devices
    on first_alike.device_id = devices.device_id
join psa.configurations as configurations
    on first_alike.configuration_id = configurations.configuration_id
join core.auvik_predictions as predictions
    on first_alike.device_id = predictions.device_id
