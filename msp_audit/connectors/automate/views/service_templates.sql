/*
grain = "one row per managed service template of the plugin"

[columns]
service_template_id = "The template's id in the plugin."
name                = "Its name."
*/
select
    landed.item.ManagedServiceTemplateID as service_template_id,
    clean(landed.item.Name) as name
from (
    select
        from_json(
            records.payload,
            '{"ManagedServiceTemplateID":"BIGINT", "Name":"VARCHAR"}'
        ) as item
    from landing.service_templates as records
) as landed
where landed.item.ManagedServiceTemplateID is not null
