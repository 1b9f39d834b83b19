/*
title    = "Required question on a configuration type that Auvik writes to"
severity = "high"
subject  = "psa.configuration_type_questions"
key      = ["question_id"]
why      = """Auvik cannot answer the question, so the PSA refuses the configuration and the device never \
           arrives."""
remedy   = """In the PSA open System > Setup Tables > Configuration, choose the type, and mark the question \
           as Optional."""
source   = "seed 001: all questions of a configuration type should be marked as Optional"
*/
with targets as (
    select
        lower(class_map.configuration_type_name) as type_key,
        list_sort(list(class_map.device_type)) as device_types
    from auvik.sync_class_map as class_map
    group by lower(class_map.configuration_type_name)
)

select
    null::bigint as company_id,
    questions.question_id as entity_id,
    coalesce(questions.question, '(no name)') as entity_name,
    'The question "' || coalesce(questions.question, '(no name)') || '" of the configuration type '
    || types.name || ' is required in ConnectWise PSA, so Auvik cannot fill in that type.' as reason,
    questions.configuration_type_id,
    types.name as configuration_type_name,
    questions.field_type,
    questions.entry_type,
    targets.device_types as auvik_device_types
from psa.configuration_type_questions as questions
join psa.configuration_types as types
    on questions.configuration_type_id = types.configuration_type_id
join targets
    on lower(types.name) = targets.type_key
where
    questions.is_required
    and not coalesce(questions.is_inactive, false)
