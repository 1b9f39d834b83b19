/*
title    = "Automate network device is not synced to the PSA"
severity = "low"
subject  = "automate.network_devices"
key      = ["network_device_id"]
parent   = "mapping.client_without_service_template.client_id"
why      = "A printer or switch that Automate watches has no PSA configuration; tickets about it stand alone."
remedy   = """In Automate open the Manage plugin (Dashboard > Config > Integration) and check that an \
           asset template covers network devices of this kind, and resync the client's assets; or set \
           the device to ignored."""
source   = """Vendor's REST description: the sync flag of a network device (certain); without REST, the \
           last sync record (inferred)"""
*/
with links as (
    select
        client_links.client_id,
        min(client_links.company_id) as company_id
    from core.client_links as client_links
    group by client_links.client_id
)

select
    links.company_id,
    devices.network_device_id as entity_id,
    coalesce(devices.name, '(no name)') as entity_name,
    'The network device ' || coalesce(devices.name, '(no name)') || ' of '
    || coalesce(clients.name, '(no name)') || ' in Automate is not synced to ConnectWise PSA.' as reason,
    devices.client_id,
    locations.name as location_name,
    devices.device_type,
    devices.ip_address,
    devices.manufacturer,
    devices.model
from automate.network_devices as devices
join automate.clients as clients
    on devices.client_id = clients.client_id
join links
    on devices.client_id = links.client_id
left join automate.locations as locations
    on devices.location_id = locations.location_id
where
    -- What Automate says itself counts; only where it says nothing, the plugin's record does.
    not coalesce(
        devices.is_synced_to_psa,
        exists (
            select 1
            from automate.asset_syncs as syncs
            where
                syncs.entity_kind = 'network_device'
                and syncs.entity_id = devices.network_device_id
                and syncs.configuration_id is not null
        )
    )
    and not exists (
        select 1
        from automate.ignored_entities as ignored
        where
            (ignored.entity_kind = 'network_device' and ignored.entity_id = devices.network_device_id)
            or (ignored.entity_kind = 'location' and ignored.entity_id = devices.location_id)
            or (ignored.entity_kind = 'client' and ignored.entity_id = devices.client_id)
    )
