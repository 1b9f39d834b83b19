/*
title    = "Active network configuration has no Auvik device"
severity = "medium"
subject  = "psa.configurations"
key      = ["configuration_id"]
why      = """Either the record is stale and billed for nothing, or a device at the customer is not monitored."""
remedy   = """Look for the device. If it is gone, set the configuration to an inactive status; if not, let \
           Auvik discover and manage it."""
source   = "AV-B02"
*/
with
-- Types that only Auvik feeds: servers and workstations have their own rule.
network_types as (
    select lower(class_map.configuration_type_name) as type_key
    from auvik.sync_class_map as class_map
    group by lower(class_map.configuration_type_name)
    having count(*) filter (where class_map.device_type in ('server', 'workstation', 'virtualMachine')) = 0
),

companies as (
    select
        links.company_id,
        min(companies.name) as name
    from core.tenant_links as links
    join psa.companies as companies
        on links.company_id = companies.company_id
    where
        links.syncs_inventory
        and not companies.is_deleted
    group by links.company_id
)

select
    configurations.company_id,
    configurations.configuration_id as entity_id,
    coalesce(configurations.name, '(no name)') as entity_name,
    'The configuration ' || coalesce(configurations.name, '(no name)') || ' of '
    || coalesce(companies.name, '(no name)') || ' is active, but no Auvik device is it.' as reason,
    configurations.configuration_id,
    configurations.configuration_type_name,
    configurations.serial_number,
    configurations.is_billed,
    configurations.updated_at
from psa.configurations as configurations
join companies
    on configurations.company_id = companies.company_id
join network_types
    on lower(configurations.configuration_type_name) = network_types.type_key
where
    configurations.is_active
    and not exists (
        select 1
        from core.device_configuration_links as links
        where links.configuration_id = configurations.configuration_id
    )
    -- An ambiguous device may be this one; auvik.match_ambiguous tells of it.
    and not exists (
        select 1
        from core.configuration_keys as keys
        join core.device_keys as devices
            on
                keys.company_id = devices.company_id
                and keys.serial_key = devices.serial_key
        where keys.configuration_id = configurations.configuration_id
    )
    and not exists (
        select 1
        from core.configuration_keys as keys
        join core.device_keys as devices
            on
                keys.company_id = devices.company_id
                and keys.name_key = devices.name_key
        where keys.configuration_id = configurations.configuration_id
    )
