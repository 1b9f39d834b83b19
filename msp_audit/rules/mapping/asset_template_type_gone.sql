/*
title    = "Asset template makes configurations of a type that is inactive or gone"
severity = "medium"
subject  = "automate.asset_templates"
key      = ["asset_template_id"]
why      = """The PSA refuses configurations of such a type, so the computers of the template's groups are \
           not synced."""
remedy   = """In Automate open the Manage plugin (Dashboard > Config > Integration) and, in the asset \
           template, choose an active configuration type; or activate the type in the PSA (Setup Tables \
           > Configuration)."""
source   = "Derived from seed 000 and the PSA's configuration types (table certain, columns unknown)"
*/
select
    null::bigint as company_id,
    templates.asset_template_id as entity_id,
    coalesce(templates.name, '(no name)') as entity_name,
    'The asset template ' || coalesce(templates.name, '(no name)')
    || ' of the Manage plugin makes configurations of the type '
    || coalesce(types.name, known.name, '(record ' || templates.configuration_type_id || ')')
    || ', which in ConnectWise PSA '
    || case when types.configuration_type_id is null then 'does not exist.' else 'is inactive.' end as reason,
    templates.configuration_type_id
from automate.asset_templates as templates
left join psa.configuration_types as types
    on templates.configuration_type_id = types.configuration_type_id
left join automate.plugin_configuration_types as known
    on templates.configuration_type_id = known.configuration_type_id
where
    templates.configuration_type_id is not null
    and (types.configuration_type_id is null or types.is_inactive)
