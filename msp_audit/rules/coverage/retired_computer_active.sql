/*
title    = "Computer was retired in Automate, but its configuration is active"
severity = "medium"
subject  = "automate.retired_assets"
key      = ["retired_asset_id"]
why      = "The machine is gone for the technicians and still there for billing."
remedy   = """Set the configuration to an inactive status in the PSA, and correct the agreement if it was \
           counted."""
source   = "Reconciliation of Automate's retired assets with PSA configurations"
*/
select
    configurations.company_id,
    retired.retired_asset_id as entity_id,
    coalesce(retired.name, '(no name)') as entity_name,
    'The computer ' || coalesce(retired.name, '(no name)') || ' was retired in Automate'
    || coalesce(' on ' || strftime(retired.retired_at, '%Y-%m-%d'), '') || ', but its configuration '
    || coalesce(configurations.name, configurations.configuration_id::varchar) || ' is active.' as reason,
    retired.computer_id,
    retired.retired_at,
    configurations.configuration_id,
    configurations.configuration_status_name,
    configurations.is_billed
from automate.retired_assets as retired
join psa.configurations as configurations
    on
        retired.computer_id = try_cast(configurations.device_identifier as bigint)
        and host_key(retired.name) = host_key(configurations.name)
join core.client_links as links
    on
        retired.client_id = links.client_id
        and configurations.company_id = links.company_id
where
    configurations.is_active
    and not exists (
        select 1
        from automate.computers as computers
        where computers.computer_id = retired.computer_id
    )
    and not exists (
        select 1
        from core.computer_configuration_links as computer_links
        where computer_links.configuration_id = configurations.configuration_id
    )
