/*
grain = "one row per Automate computer whose PSA configuration is known beyond doubt"

[columns]
computer_id      = "The Automate computer."
configuration_id = "The PSA configuration that stands for it."
company_id       = "The PSA company of the configuration."
evidence         = "How it is known: asset sync, serial number or host name; the first of them that finds any."
detail           = "What they agree in."
*/
with
-- The plugin says so itself. This holds across companies: the record is a fact, not a guess.
synced as (
    select
        syncs.entity_id as computer_id,
        min(configurations.configuration_id) as configuration_id,
        min(configurations.company_id) as company_id
    from automate.asset_syncs as syncs
    inner join psa.configurations as configurations
        on syncs.configuration_id = configurations.configuration_id
    where
        syncs.entity_kind = 'computer'
        and syncs.entity_id is not null
    group by syncs.entity_id
    having count(distinct configurations.configuration_id) = 1
),

computers as (
    select
        computers.computer_id,
        client_links.company_id,
        good_serial(computers.serial_number) as serial_key,
        host_key(computers.name) as name_key
    from automate.computers as computers
    inner join core.client_links as client_links
        on computers.client_id = client_links.client_id
    anti join synced
        on computers.computer_id = synced.computer_id
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

-- A client mapped to several companies counts the hits of all of them.
by_serial as (
    select
        computers.computer_id,
        min(serials.configuration_id) as configuration_id,
        min(serials.company_id) as company_id,
        min(serials.serial_key) as detail,
        sum(serials.configuration_count) as hit_count
    from computers
    inner join serials
        on
            computers.company_id = serials.company_id
            and computers.serial_key = serials.serial_key
    group by computers.computer_id
),

-- Where a serial number has several configurations, the name may still pick one of them.
by_both as (
    select
        computers.computer_id,
        min(serials_and_names.configuration_id) as configuration_id,
        min(serials_and_names.company_id) as company_id,
        min(serials_and_names.serial_key) as detail
    from computers
    inner join serials_and_names
        on
            computers.company_id = serials_and_names.company_id
            and computers.serial_key = serials_and_names.serial_key
            and computers.name_key = serials_and_names.name_key
    semi join by_serial
        on
            computers.computer_id = by_serial.computer_id
            and by_serial.hit_count > 1
    group by computers.computer_id
    having sum(serials_and_names.configuration_count) = 1
),

by_name as (
    select
        computers.computer_id,
        min(names.configuration_id) as configuration_id,
        min(names.company_id) as company_id,
        min(names.name_key) as detail,
        sum(names.configuration_count) as hit_count
    from computers
    inner join names
        on
            computers.company_id = names.company_id
            and computers.name_key = names.name_key
    -- A serial number that was found settles the matter, even when it is ambiguous.
    anti join by_serial
        on computers.computer_id = by_serial.computer_id
    group by computers.computer_id
)

select
    synced.computer_id,
    synced.configuration_id,
    synced.company_id,
    'asset sync' as evidence,
    'configuration ' || synced.configuration_id::varchar as detail
from synced
union all
select
    by_serial.computer_id,
    by_serial.configuration_id,
    by_serial.company_id,
    'serial number' as evidence,
    by_serial.detail
from by_serial
where by_serial.hit_count = 1
union all
select
    by_both.computer_id,
    by_both.configuration_id,
    by_both.company_id,
    'serial number' as evidence,
    by_both.detail || ', told apart by name' as detail
from by_both
union all
select
    by_name.computer_id,
    by_name.configuration_id,
    by_name.company_id,
    'host name' as evidence,
    by_name.detail
from by_name
where by_name.hit_count = 1
