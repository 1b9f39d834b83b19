/*
grain = "one row per PSA configuration that belongs to a company"

[columns]
configuration_id = "The PSA configuration."
company_id       = "Its company."
is_active        = "Whether it is active."
serial_key       = "Its serial number for comparing; null when it identifies nothing or more than three active configurations have it."
name_key         = "Its name for comparing, as a host name."
mac_key          = "Its MAC address; null when it identifies nothing or more than three active configurations have it."
maker_key        = "Its maker for comparing."
shared_serial    = "The serial number that more than three active configurations have."
shared_mac       = "The MAC address that more than three active configurations have."
*/
with
-- Written once, tested once: both cost more than the joins.
written as (
    select
        configurations.configuration_id,
        configurations.company_id,
        coalesce(configurations.is_active, false) as is_active,
        good_serial(configurations.serial_number) as serial_key,
        host_key(configurations.name) as name_key,
        norm_mac(configurations.mac_address) as mac_key,
        maker_key(configurations.manufacturer_name) as maker_key
    from psa.configurations as configurations
    where configurations.company_id is not null
),

configurations as (
    select
        written.configuration_id,
        written.company_id,
        written.is_active,
        written.serial_key,
        written.name_key,
        case when not is_placeholder_mac(written.mac_key) then written.mac_key end as mac_key,
        written.maker_key
    from written
),

-- Inactive ones are history of the same machine, and may be many.
shared_serials as (
    select configurations.serial_key
    from configurations
    where configurations.is_active
    group by configurations.serial_key
    having count(*) > 3
),

shared_macs as (
    select configurations.mac_key
    from configurations
    where configurations.is_active
    group by configurations.mac_key
    having count(*) > 3
)

select
    configurations.configuration_id,
    configurations.company_id,
    configurations.is_active,
    case when shared_serials.serial_key is null then configurations.serial_key end as serial_key,
    configurations.name_key,
    case when shared_macs.mac_key is null then configurations.mac_key end as mac_key,
    configurations.maker_key,
    shared_serials.serial_key as shared_serial,
    shared_macs.mac_key as shared_mac
from configurations
left join shared_serials
    on configurations.serial_key = shared_serials.serial_key
left join shared_macs
    on configurations.mac_key = shared_macs.mac_key
