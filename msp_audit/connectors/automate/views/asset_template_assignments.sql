/*
grain = "one row per assignment of an asset template"

[columns]
asset_template_id = "The template."
group_id          = "The Automate group it is assigned to."
*/
select
    landed.item.AssetTemplateID as asset_template_id,
    landed.item.GroupID as group_id
from (
    select
        from_json(
            records.payload,
            '{"AssetTemplateID":"BIGINT", "GroupID":"BIGINT"}'
        ) as item
    from landing.asset_template_assignments as records
) as landed
