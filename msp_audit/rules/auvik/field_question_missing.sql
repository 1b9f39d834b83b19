/*
title    = "Synced field has no question on a configuration type"
severity = "medium"
subject  = "auvik.sync_field_map"
key      = ["field", "type_key"]
why      = """The field is synced for some types only; lists built on the question miss every device of this \
           one."""
remedy   = """Add the question to the type in the PSA (System > Setup Tables > Configuration) and mark it \
           Optional; it takes minutes to appear in Auvik."""
source   = "seed 001: field syncing; AV-F02"
*/
with
fields as (
    select
        fields.auvik_field,
        lower(fields.scope) as scope_key,
        clean(regexp_replace(fields.psa_field, '^question:', '')) as question
    from auvik.sync_field_map as fields
    where fields.psa_field like 'question:%'
),

targets as (
    select
        lower(class_map.configuration_type_name) as type_key,
        min(class_map.configuration_type_name) as configuration_type_name,
        list_sort(list(class_map.device_type)) as device_types
    from auvik.sync_class_map as class_map
    group by lower(class_map.configuration_type_name)
)

select
    null::bigint as company_id,
    fields.auvik_field || ' on ' || targets.configuration_type_name as entity_id,
    fields.question as entity_name,
    'Auvik syncs ' || replace(fields.auvik_field, '_', ' ') || ' to the question "' || fields.question
    || '", which the configuration type ' || targets.configuration_type_name || ' does not have.' as reason,
    fields.auvik_field as field,
    targets.type_key,
    fields.question,
    targets.configuration_type_name,
    targets.device_types
from fields
join targets
    on fields.scope_key in ('all', targets.type_key)
where
    not exists (
        select 1
        from psa.configuration_type_questions as questions
        join psa.configuration_types as types
            on questions.configuration_type_id = types.configuration_type_id
        where
            lower(types.name) = targets.type_key
            and lower(questions.question) = lower(fields.question)
            and not coalesce(questions.is_inactive, false)
    )
