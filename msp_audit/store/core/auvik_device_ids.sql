/*
grain = "one row per PSA configuration and Auvik device ID that the sync wrote into it"

[columns]
configuration_id = "The PSA configuration."
company_id       = "Its company."
device_id        = "The Auvik device whose ID it carries."
is_sole          = "Whether no other configuration carries that ID."
*/
with
targets as (
    select distinct
        lower(clean(regexp_replace(fields.psa_field, '^question:', ''))) as question_key,
        lower(fields.scope) as scope_key
    from auvik.sync_field_map as fields
    where
        fields.auvik_field = 'device_id'
        and fields.psa_field like 'question:%'
),

carried as (
    select distinct
        configurations.configuration_id,
        configurations.company_id,
        clean(answers.answer) as device_id
    from psa.configuration_answers as answers
    inner join psa.configurations as configurations
        on answers.configuration_id = configurations.configuration_id
    inner join targets
        on
            lower(clean(answers.question)) = targets.question_key
            and targets.scope_key in ('all', lower(configurations.configuration_type_name))
    where clean(answers.answer) is not null
)

select
    carried.configuration_id,
    carried.company_id,
    carried.device_id,
    count(*) over (partition by carried.device_id) = 1 as is_sole
from carried
