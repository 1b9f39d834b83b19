/*
title    = "A monitoring tool sees a server or workstation that Automate does not know"
severity = "medium"
subject  = "core.monitored_assets"
key      = ["device_id"]
why      = "The machine has no agent: no patches, no remote control, no antivirus check."
remedy   = """Install the Automate agent on the machine; if it must have none, suppress this finding with the \
           reason."""
source   = "Reconciliation of Auvik devices with Automate computers"
tool_reports = ["is_online"]
*/
select
    assets.company_id,
    assets.asset_key as entity_id,
    coalesce(assets.name, '(no name)') as entity_name,
    'The ' || case when assets.device_type = 'server' then 'server ' else 'workstation ' end
    || coalesce(assets.name, '(no name)') || ' is online in ' || assets.tool_name
    || ', but Automate does not know it.' as reason,
    assets.monitored_by,
    assets.device_type,
    assets.make,
    assets.model,
    assets.serial_number,
    assets.ip_addresses,
    assets.last_seen_at,
    assets.dashboard_url
from core.monitored_assets as assets
where
    assets.device_type in ('server', 'workstation')
    and assets.online_status = 'online'
    -- Automate serves the company at all.
    and exists (
        select 1
        from core.client_links as client_links
        join automate.computers as computers
            on client_links.client_id = computers.client_id
        where client_links.company_id = assets.company_id
    )
    and not exists (
        select 1
        from core.monitored_computer_links as computer_links
        where computer_links.asset_key = assets.asset_key
    )
