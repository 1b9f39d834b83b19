/*
title    = "Auvik devices of one company are synced by the same name"
severity = "high"
subject  = "auvik.devices"
key      = ["company_id", "device_name"]
why      = """Their first usable identifier is a name that they share, so they are matched to one \
           configuration and overwrite each other."""
remedy   = """Rename the devices in Auvik, or put the serial number first among the Device Identifiers \
           (Integrations > ConnectWise PSA > Inventory) and repair its discovery."""
source   = "seed 001: device identifier of device name; AV-I06"
*/
-- What each device is really identified by: the first identifier that is not blank.
with deciding as (
    select
        hits.device_id,
        hits.company_id,
        hits.value,
        hits.auvik_field
    from core.auvik_identifier_hits as hits
    qualify row_number() over (partition by hits.device_id order by hits.priority) = 1
)

select
    deciding.company_id,
    lower(deciding.value) as entity_id,
    min(deciding.value) as entity_name,
    'The name ' || min(deciding.value) || ' is what ' || count(*)
    || ' Auvik devices of '
    || coalesce(min(companies.name), 'company ' || deciding.company_id) || ' are synced by.' as reason,
    lower(deciding.value) as device_name,
    count(*) as device_count,
    list_sort(list(deciding.device_id)) as device_ids
from deciding
join auvik.devices as devices
    on deciding.device_id = devices.device_id
join core.auvik_predictions as predictions
    on deciding.device_id = predictions.device_id
left join psa.companies as companies
    on deciding.company_id = companies.company_id
where
    deciding.auvik_field in ('device_name', 'host_name')
    and predictions.is_in_scope
    and predictions.cause <> 'device_id'
group by
    deciding.company_id,
    lower(deciding.value)
having count(*) > 1
