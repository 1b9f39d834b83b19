/*
title    = "Auvik's warranty date is synced into a date question"
severity = "medium"
subject  = "psa.configuration_type_questions"
key      = ["question_id"]
why      = """The vendor does not promise a date: texts such as 'Not Covered' come too, and a date question \
           cannot take them."""
remedy   = """In the PSA make it a text question (System > Setup Tables > Configuration), and map the field to \
           that one in Auvik."""
source   = "seed 001: warranty expiration date; vendor's API description: not guaranteed to be a date; AV-F04"
*/
select
    null::bigint as company_id,
    questions.question_id as entity_id,
    coalesce(questions.question, '(no name)') as entity_name,
    'The question "' || coalesce(questions.question, '(no name)') || '" of the configuration type '
    || coalesce(types.name, '(no name)')
    || ' takes dates only, but Auvik''s warranty date may be a text.' as reason,
    questions.question_id,
    types.name as configuration_type_name,
    questions.field_type
from auvik.sync_field_map as fields
join psa.configuration_types as types
    on lower(fields.scope) = lower(types.name)
join psa.configuration_type_questions as questions
    on
        types.configuration_type_id = questions.configuration_type_id
        and lower(questions.question) = lower(clean(regexp_replace(fields.psa_field, '^question:', '')))
where
    fields.auvik_field = 'warranty_expiration_date'
    and fields.psa_field like 'question:%'
    and lower(questions.field_type) = 'date'
    and not coalesce(questions.is_inactive, false)
