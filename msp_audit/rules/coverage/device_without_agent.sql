/*
title    = "Auvik sees a server or workstation that Automate does not know"
severity = "medium"
subject  = "auvik.devices"
key      = ["device_id"]
why      = "The machine has no agent: no patches, no remote control, no antivirus check."
remedy   = """Install the Automate agent on the machine; if it must have none, suppress this finding with the \
           reason."""
source   = "Reconciliation of Auvik devices with Automate computers"
*/
select
    links.company_id,
    devices.device_id as entity_id,
    coalesce(devices.name, '(no name)') as entity_name,
    'The ' || case when devices.device_type = 'server' then 'server ' else 'workstation ' end
    || coalesce(devices.name, '(no name)') || ' is online in Auvik, but Automate does not know it.' as reason,
    devices.device_type,
    devices.make,
    devices.model,
    devices.serial_number,
    list_sort(devices.ip_addresses) as ip_addresses,
    devices.last_seen_at,
    devices.dashboard_url
from auvik.devices as devices
join core.tenant_links as links
    on devices.tenant_id = links.tenant_id
where
    devices.device_type in ('server', 'workstation')
    and devices.online_status = 'online'
    -- Automate serves the company at all.
    and exists (
        select 1
        from core.client_links as client_links
        join automate.computers as computers
            on client_links.client_id = computers.client_id
        where client_links.company_id = links.company_id
    )
    and not exists (
        select 1
        from core.device_computer_links as computer_links
        where computer_links.device_id = devices.device_id
    )
