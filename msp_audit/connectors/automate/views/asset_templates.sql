/*
grain = "one row per asset template of the plugin"

[columns]
asset_template_id     = "The template's id in the plugin."
name                  = "Its name."
configuration_type_id = "The PSA configuration type that it makes; null when none."
*/
select
    landed.item.AssetTemplateID as asset_template_id,
    clean(landed.item.Name) as name,
    case
        when landed.item.CWConfigTypeRecID > 0 then landed.item.CWConfigTypeRecID
    end as configuration_type_id
from (
    select
        from_json(
            records.payload,
            '{"AssetTemplateID":"BIGINT", "Name":"VARCHAR", "CWConfigTypeRecID":"BIGINT"}'
        ) as item
    from landing.asset_templates as records
) as landed
where landed.item.AssetTemplateID is not null
