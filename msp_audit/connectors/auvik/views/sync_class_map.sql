/*
grain = "one row per device class with a configuration type, as declared"

[columns]
device_type             = "The class of the device in Auvik."
configuration_type_name = "Name of the PSA configuration type."
*/
select
    landed.item.device_type,
    clean(landed.item.configuration_type_name) as configuration_type_name
from (
    select
        from_json(
            records.payload,
            '{"device_type":"VARCHAR", "configuration_type_name":"VARCHAR"}'
        ) as item
    from landing.sync_class_map as records
) as landed
