/*
grain = "one row per Automate computer and PSA company that its client is mapped to"

[columns]
computer_id = "The Automate computer."
company_id  = "The PSA company; null when the client is not mapped."
serial_key  = "Its serial number for comparing; null when it identifies nothing or more than three computers have it."
name_key    = "Its host name for comparing."
mac_key     = "Its MAC address; null when it identifies nothing or more than three computers have it."
maker_key   = "Its maker for comparing."
shared_serial = "The serial number that more than three computers have."
shared_mac    = "The MAC address that more than three computers have."
*/
with
-- Written once, tested once: both cost more than the joins.
written as (
    select
        computers.computer_id,
        computers.client_id,
        good_serial(computers.serial_number) as serial_key,
        host_key(computers.name) as name_key,
        norm_mac(computers.mac_address) as mac_key,
        maker_key(computers.manufacturer) as maker_key
    from automate.computers as computers
),

computers as (
    select
        written.computer_id,
        written.client_id,
        written.serial_key,
        written.name_key,
        case when not is_placeholder_mac(written.mac_key) then written.mac_key end as mac_key,
        written.maker_key
    from written
),

-- One value, many identities: it is a filler that no list knows yet, a clone, or a docking station.
shared_serials as (
    select computers.serial_key
    from computers
    group by computers.serial_key
    having count(*) > 3
),

shared_macs as (
    select computers.mac_key
    from computers
    group by computers.mac_key
    having count(*) > 3
)

select
    computers.computer_id,
    client_links.company_id,
    case when shared_serials.serial_key is null then computers.serial_key end as serial_key,
    computers.name_key,
    case when shared_macs.mac_key is null then computers.mac_key end as mac_key,
    computers.maker_key,
    shared_serials.serial_key as shared_serial,
    shared_macs.mac_key as shared_mac
from computers
left join core.client_links as client_links
    on computers.client_id = client_links.client_id
left join shared_serials
    on computers.serial_key = shared_serials.serial_key
left join shared_macs
    on computers.mac_key = shared_macs.mac_key
