/*
title    = "One maker's names are mapped to different manufacturers"
severity = "low"
subject  = "auvik.sync_make_map"
key      = ["maker_key"]
why      = """Reports by manufacturer count one maker as several, and a replacement is bought from another \
           list."""
remedy   = """In Auvik open Integrations > ConnectWise PSA > Inventory > Device Make Mappings and choose one \
           manufacturer for all names of the maker."""
source   = "AV-K04"
*/
select
    null::bigint as company_id,
    maker_key(make_map.make) as entity_id,
    maker_key(make_map.make) as entity_name,
    'The makes '
    || string_agg(make_map.make, ', ' order by make_map.make)
    || ' are one maker, but are mapped to '
    || count(distinct lower(make_map.manufacturer_name)) || ' manufacturers.' as reason,
    maker_key(make_map.make) as maker_key,
    list_sort(list(make_map.make)) as makes,
    list_sort(list(distinct make_map.manufacturer_name)) as manufacturer_names
from auvik.sync_make_map as make_map
where
    make_map.manufacturer_name is not null
    -- Meraki keeps its own name within Cisco, and most operators want it told apart.
    and lower(make_map.make) not like '%meraki%'
group by maker_key(make_map.make)
having count(distinct lower(make_map.manufacturer_name)) > 1
