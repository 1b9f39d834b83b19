/*
title    = "Active configuration is unknown to the monitoring tool that should have it"
severity = "medium"
subject  = "psa.configurations"
key      = ["configuration_id"]
why      = """Either the record is stale and billed for nothing, or a device at the customer is not monitored."""
remedy   = """Look for the device. If it is gone, set the configuration to an inactive status; if not, let \
           Auvik discover and manage it, or add it to the tool that is named here."""
source   = "AV-B02"
*/
with
companies as (
    select
        companies.company_id,
        companies.name
    from psa.companies as companies
    where not companies.is_deleted
),

missed as (
    select
        configurations.configuration_id,
        string_agg(types.tool_name, ' or ' order by types.tool_name) as tool_names
    from psa.configurations as configurations
    join core.monitored_types as types
        on
            configurations.company_id = types.company_id
            and lower(configurations.configuration_type_name) = types.type_key
    where
        configurations.is_active
        and not exists (
            select 1
            from core.monitored_assets as assets
            where
                assets.configuration_id = configurations.configuration_id
                and assets.monitored_by = types.monitored_by
        )
        -- An ambiguous device may be this one; auvik.match_ambiguous and identity.asset_ambiguous tell of it.
        and not exists (
            select 1
            from core.configuration_keys as keys
            join core.monitored_keys as devices
                on
                    keys.company_id = devices.company_id
                    and keys.serial_key = devices.serial_key
            where
                keys.configuration_id = configurations.configuration_id
                and devices.monitored_by = types.monitored_by
        )
        and not exists (
            select 1
            from core.configuration_keys as keys
            join core.monitored_keys as devices
                on
                    keys.company_id = devices.company_id
                    and keys.name_key = devices.name_key
            where
                keys.configuration_id = configurations.configuration_id
                and devices.monitored_by = types.monitored_by
        )
    group by configurations.configuration_id
)

select
    configurations.company_id,
    configurations.configuration_id as entity_id,
    coalesce(configurations.name, '(no name)') as entity_name,
    'The configuration ' || coalesce(configurations.name, '(no name)') || ' of '
    || coalesce(companies.name, '(no name)') || ' is active, but no ' || missed.tool_names
    || ' device is it.' as reason,
    configurations.configuration_id,
    configurations.configuration_type_name,
    configurations.serial_number,
    configurations.is_billed,
    configurations.updated_at
from missed
join psa.configurations as configurations
    on missed.configuration_id = configurations.configuration_id
join companies
    on configurations.company_id = companies.company_id
