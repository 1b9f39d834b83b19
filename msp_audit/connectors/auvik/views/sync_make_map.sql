/*
grain = "one row per device make with its PSA names, as declared"

[columns]
make              = "The make in Auvik."
manufacturer_name = "The PSA manufacturer; null when none."
vendor_name       = "The PSA company as vendor; null when none."
*/
select
    landed.item.make,
    clean(landed.item.manufacturer_name) as manufacturer_name,
    clean(landed.item.vendor_name) as vendor_name
from (
    select
        from_json(
            records.payload,
            '{"make":"VARCHAR", "manufacturer_name":"VARCHAR", "vendor_name":"VARCHAR"}'
        ) as item
    from landing.sync_make_map as records
) as landed
