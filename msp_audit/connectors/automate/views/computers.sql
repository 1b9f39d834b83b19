/*
grain = "one row per computer with an Automate agent; retired ones are in retired_assets"

[columns]
computer_id      = "The computer's id in Automate; a re-installed agent gets a new one."
client_id        = "The client it belongs to; 0 and ids of deleted clients occur."
location_id      = "The location it belongs to; 0 when none."
name             = "Its computer name."
domain           = "Its domain or workgroup."
operating_system = "The operating system as the agent tells it."
is_server        = "Type of the REST API where there is one; else whether the operating system's name has 'server' in it."
serial_number    = "The serial number of the BIOS, as read (column BiosVer)."
manufacturer     = "The manufacturer, as the BIOS tells it."
model            = "The model or mainboard, as the BIOS tells it."
mac_address      = "Its MAC address as 12 lower hexadecimal digits."
ip_address       = "Its address in its own network."
agent_version    = "Version of the agent; null when no agent lives on it."
has_agent        = "Whether an agent lives on it."
is_virtual       = "Whether it is a virtual machine."
last_contact_at  = "When the agent was last heard of; null for never."
added_at         = "When the agent was first heard of."
inventory_at     = "When its inventory was last taken."
*/
select
    landed.item.ComputerID as computer_id,
    landed.item.ClientID as client_id,
    landed.item.LocationID as location_id,
    clean(landed.item.Name) as name,
    clean(landed.item.Domain) as domain,
    clean(landed.item.OS) as operating_system,
    case lower(trim(landed.item.Type))
        when 'server' then true
        when 'workstation' then false
        else coalesce(contains(lower(landed.item.OS), 'server'), false)
    end as is_server,
    clean(landed.item.BiosVer) as serial_number,
    clean(landed.item.BiosMFG) as manufacturer,
    clean(landed.item.BiosName) as model,
    norm_mac(landed.item.MAC) as mac_address,
    clean(landed.item.LocalAddress) as ip_address,
    nullif(clean(landed.item.ServiceVersion), '0') as agent_version,
    nullif(clean(landed.item.ServiceVersion), '0') is not null as has_agent,
    coalesce(landed.item.IsVirtualMachine, (landed.item.Flags & 2048) <> 0, false) as is_virtual,
    utc_from(landed.item.LastContact, clock.time_zone) as last_contact_at,
    utc_from(landed.item.DateAdded, clock.time_zone) as added_at,
    utc_from(landed.item.LastInventory, clock.time_zone) as inventory_at
from (
    select
        from_json(
            records.payload,
            '{"ComputerID":"BIGINT", "ClientID":"BIGINT", "LocationID":"BIGINT", "Name":"VARCHAR",
             "Domain":"VARCHAR", "OS":"VARCHAR", "Type":"VARCHAR", "ServiceVersion":"VARCHAR",
             "LocalAddress":"VARCHAR", "MAC":"VARCHAR", "BiosMFG":"VARCHAR", "BiosName":"VARCHAR",
             "BiosVer":"VARCHAR", "Flags":"BIGINT", "IsVirtualMachine":"BOOLEAN", "DateAdded":"VARCHAR",
             "LastContact":"VARCHAR", "LastInventory":"VARCHAR"}'
        ) as item
    from landing.computers as records
) as landed
left join automate.list_ways as clock
    on clock.resource = 'computers'
anti join automate.excluded_clients as excluded
    on landed.item.ClientID = excluded.client_id
where landed.item.ComputerID is not null
