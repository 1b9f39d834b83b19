/*
title    = "Make mapping is blank"
severity = "low"
subject  = "auvik.sync_make_map"
key      = ["make_key"]
why      = """Auto leaves a field blank when it finds no name, and a later Auto never fills it; the make is \
           then synced without it."""
remedy   = """In Auvik open Integrations > ConnectWise PSA > Inventory > Device Make Mappings, edit the make \
           and choose what is missing."""
source   = "seed 001: device make mappings, Auto; AV-K02"
*/
with counted as (
    select
        count(*) filter (where make_map.manufacturer_name is not null and make_map.vendor_name is not null)
            as full_count
    from auvik.sync_make_map as make_map
)

select
    null::bigint as company_id,
    lower(make_map.make) as entity_id,
    make_map.make as entity_name,
    'The make mapping of ' || make_map.make || ' has no '
    || case
        when
            make_map.manufacturer_name is null and make_map.vendor_name is null
            then 'manufacturer and no vendor.'
        when make_map.manufacturer_name is null then 'manufacturer, though others have both.'
        else 'vendor, though others have both.'
    end as reason,
    lower(make_map.make) as make_key,
    make_map.manufacturer_name,
    make_map.vendor_name
from auvik.sync_make_map as make_map
cross join counted
where
    (make_map.manufacturer_name is null and make_map.vendor_name is null)
    or (
        (make_map.manufacturer_name is null or make_map.vendor_name is null)
        and counted.full_count > 0
    )
