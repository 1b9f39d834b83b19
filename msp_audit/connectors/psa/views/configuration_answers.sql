/*
grain = "one row per question that a PSA configuration carries, answered or not"

[columns]
configuration_id = "The configuration, see psa.configurations."
question_id      = "The question, see psa.configuration_type_questions."
question         = "Its text."
answer           = "The answer as text, whatever its kind; null when empty. Passwords are never kept."
field_type       = "Kind of answer: Text, Date, Checkbox …"
is_required      = "Must be answered."
*/
select
    landed.configuration_id,
    landed.asked.questionid as question_id,
    clean(landed.asked.question) as question,
    clean(landed.asked.answer) as answer,
    clean(landed.asked.fieldtype) as field_type,
    landed.asked.requiredflag as is_required
from (
    select
        configurations.item.id as configuration_id,
        unnest(configurations.item.questions) as asked
    from (
        select from_json(records.payload, '{
            "id": "BIGINT",
            "questions": [{
                "answerId": "BIGINT",
                "questionId": "BIGINT",
                "question": "VARCHAR",
                "answer": "VARCHAR",
                "fieldType": "VARCHAR",
                "requiredFlag": "BOOLEAN"
            }]
        }') as item
        from landing.configurations as records
    ) as configurations
) as landed
where landed.configuration_id is not null and landed.asked.questionid is not null
qualify
    row_number() over (
        partition by landed.configuration_id, landed.asked.questionid
        order by landed.asked.answerid desc nulls last
    ) = 1
