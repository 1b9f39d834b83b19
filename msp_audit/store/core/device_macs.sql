/*
grain = "one row per Auvik device and MAC address of its interfaces that can identify it"

[columns]
device_id    = "The Auvik device."
mac_key      = "The MAC address."
device_count = "Devices that have it; more than three, and it links nothing."
*/
with
written as (
    select distinct
        interfaces.device_id,
        norm_mac(interfaces.mac_address) as mac_key
    from auvik.interfaces as interfaces
    where interfaces.device_id is not null
),

macs as (
    select
        written.device_id,
        written.mac_key
    from written
    where not is_placeholder_mac(written.mac_key)
)

select
    macs.device_id,
    macs.mac_key,
    count(*) over (partition by macs.mac_key) as device_count
from macs
