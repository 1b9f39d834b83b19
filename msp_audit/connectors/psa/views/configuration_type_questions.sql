/*
grain = "one row per question that a type of configuration asks"

[columns]
question_id           = "The question's record id."
configuration_type_id = "The type that asks it."
question              = "Its text."
field_type            = "Kind of answer: Text, Date, Checkbox, Password …"
entry_type            = "How it is entered: EntryField, List, Option, Date."
is_required           = "Must be answered, or an integration cannot create the configuration."
is_inactive           = "No longer asked."
*/
select
    landed.item.id as question_id,
    landed.item.configurationtype.id as configuration_type_id,
    clean(landed.item.question) as question,
    clean(landed.item.fieldtype) as field_type,
    clean(landed.item.entrytype) as entry_type,
    landed.item.requiredflag as is_required,
    landed.item.inactiveflag as is_inactive
from (
    select from_json(records.payload, '{
        "id": "BIGINT",
        "configurationType": {"id": "BIGINT"},
        "question": "VARCHAR",
        "fieldType": "VARCHAR",
        "entryType": "VARCHAR",
        "requiredFlag": "BOOLEAN",
        "inactiveFlag": "BOOLEAN"
    }') as item
    from landing.configuration_type_questions as records
) as landed
where landed.item.id is not null
