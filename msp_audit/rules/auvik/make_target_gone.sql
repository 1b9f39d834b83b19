/*
title    = "Make mapping names a manufacturer or vendor that is gone or inactive"
severity = "medium"
subject  = "auvik.sync_make_map"
key      = ["make_key"]
why      = """Auvik offers only active manufacturers and companies; a mapping to another one writes nothing."""
remedy   = """In Auvik open Integrations > ConnectWise PSA > Inventory > Device Make Mappings and choose an \
           active one, or reactivate it in the PSA."""
source   = "seed 001: device make mappings; AV-K03"
*/
with
makers as (
    select
        lower(manufacturers.name) as name_key,
        bool_or(not coalesce(manufacturers.is_inactive, false)) as is_usable
    from psa.manufacturers as manufacturers
    where manufacturers.name is not null
    group by lower(manufacturers.name)
),

vendors as (
    select
        lower(companies.name) as name_key,
        bool_or(not companies.is_deleted and not coalesce(statuses.is_inactive, false)) as is_usable
    from psa.companies as companies
    left join psa.company_statuses as statuses
        on companies.status_id = statuses.company_status_id
    where companies.name is not null
    group by lower(companies.name)
)

select
    null::bigint as company_id,
    lower(make_map.make) as entity_id,
    make_map.make as entity_name,
    'The make ' || make_map.make || ' is mapped to '
    || case
        when make_map.manufacturer_name is not null and not coalesce(makers.is_usable, false)
            then 'the manufacturer ' || make_map.manufacturer_name || ', which '
                || case when makers.name_key is null then 'does not exist' else 'is inactive' end
        else 'the vendor ' || make_map.vendor_name || ', which '
            || case when vendors.name_key is null then 'does not exist' else 'is inactive or deleted' end
    end || ' in ConnectWise PSA.' as reason,
    lower(make_map.make) as make_key,
    make_map.manufacturer_name,
    make_map.vendor_name
from auvik.sync_make_map as make_map
left join makers
    on lower(make_map.manufacturer_name) = makers.name_key
left join vendors
    on lower(make_map.vendor_name) = vendors.name_key
where
    (make_map.manufacturer_name is not null and not coalesce(makers.is_usable, false))
    or (make_map.vendor_name is not null and not coalesce(vendors.is_usable, false))
