/*
grain = "one row per PSA configuration type in the plugin's own copy"

[columns]
configuration_type_id = "The PSA configuration type's record id."
name                  = "Its name."
*/
select
    landed.item.CWConfigTypeRecID as configuration_type_id,
    clean(landed.item.CWConfigTypeName) as name
from (
    select
        from_json(
            records.payload,
            '{"CWConfigTypeRecID":"BIGINT", "CWConfigTypeName":"VARCHAR"}'
        ) as item
    from landing.plugin_configuration_types as records
) as landed
where landed.item.CWConfigTypeRecID is not null
