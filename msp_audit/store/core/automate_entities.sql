/*
grain = "one row per client, location, computer and network device in Automate, those of excluded clients too"

[columns]
entity_kind = "client, location, computer or network_device."
entity_id   = "Its id in Automate."
*/
select
    'client' as entity_kind,
    clients.client_id as entity_id
from automate.clients as clients
union all
select
    'location' as entity_kind,
    locations.location_id as entity_id
from automate.locations as locations
union all
select
    'computer' as entity_kind,
    computers.computer_id as entity_id
from automate.computers as computers
union all
select
    'network_device' as entity_kind,
    devices.network_device_id as entity_id
from automate.network_devices as devices
union all
select
    excluded.entity_kind,
    excluded.entity_id
from automate.excluded_entities as excluded
