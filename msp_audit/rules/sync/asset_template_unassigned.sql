/*
title    = "Asset template of the Manage plugin is assigned to no group"
severity = "low"
subject  = "automate.asset_templates"
key      = ["asset_template_id"]
why      = """A template without a group shapes no configuration: the computers meant for it arrive with \
           another type, or not at all."""
remedy   = """In Automate open the Manage plugin (Dashboard > Config > Integration) and, under the asset \
           templates, assign the template to a group or delete it."""
source   = "seed 000, component 4: unassigned asset templates"
*/
select
    null::bigint as company_id,
    templates.asset_template_id as entity_id,
    coalesce(templates.name, '(no name)') as entity_name,
    'The asset template ' || coalesce(templates.name, '(no name)')
    || ' of the Manage plugin is not assigned to any Automate group.' as reason,
    templates.configuration_type_id,
    types.name as configuration_type_name
from automate.asset_templates as templates
left join automate.plugin_configuration_types as types
    on templates.configuration_type_id = types.configuration_type_id
where
    not exists (
        select 1
        from automate.asset_template_assignments as assignments
        where assignments.asset_template_id = templates.asset_template_id
    )
