/*
title    = "A name is tried before the serial number, and it changes matches"
severity = "medium"
subject  = "core.auvik_terms"
key      = ["setting"]
why      = """A name is reused and a serial number is not; with the name first, a replaced device takes over \
           the record of the old one."""
remedy   = """In Auvik open Integrations > ConnectWise PSA > Inventory > Device Identifiers and move Serial \
           Number up; look at the devices listed here before."""
source   = "seed 001: identifiers in order of priority; AV-I09"
*/
select
    null::bigint as company_id,
    'identifiers' as entity_id,
    'Device Identifiers' as entity_name,
    'With the serial number first, ' || count(*) || ' Auvik '
    || case when count(*) = 1 then 'device' else 'devices' end || ' would be synced differently.' as reason,
    terms.first_identifier,
    terms.second_identifier,
    count(*) as device_count,
    list_sort(list(flips.device_id))[:50] as device_ids
from core.auvik_terms as terms
join core.auvik_prediction_flips as flips
    on flips.flipped_option = 'identifiers'
where
    terms.first_identifier <> 'serial_number'
    and terms.second_identifier = 'serial_number'
group by
    terms.first_identifier,
    terms.second_identifier
