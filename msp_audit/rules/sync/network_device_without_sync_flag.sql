/*
title    = "Automate says of a network device that it is not synced to the PSA"
severity = "low"
subject  = "automate.network_devices"
key      = ["network_device_id"]
parent   = "sync.client_without_external_id.client_id"
why      = "A printer or switch that Automate watches has no PSA configuration; tickets about it stand alone."
remedy   = """Check in the Manage plugin (Dashboard > Config > Integration) that an asset template covers \
           network devices of this kind. If the device is ignored there on purpose, read the plugin's \
           tables too: automate.mysql or automate.exports."""
source   = """Vendor's REST description: the sync flag of a network device (certain); judged only where \
           the plugin's tables are not read"""
*/
select
    null::bigint as company_id,
    devices.network_device_id as entity_id,
    coalesce(devices.name, '(no name)') as entity_name,
    'The network device ' || coalesce(devices.name, '(no name)') || ' of '
    || coalesce(clients.name, '(no name)') || ' in Automate is not synced to ConnectWise PSA.' as reason,
    devices.client_id,
    devices.device_type,
    devices.ip_address,
    devices.manufacturer,
    devices.model
from automate.network_devices as devices
left join automate.clients as clients
    on devices.client_id = clients.client_id
where
    not devices.is_synced_to_psa
    and not exists (
        select 1
        from automate.list_ways as ways
        where
            ways.resource = 'asset_syncs'
            and ways.way is not null
    )
