/*
grain = "one row per type that a PSA company can have"

[columns]
company_type_id = "The type's record id."
name            = "Name of the type."
is_default      = "Given to new companies."
is_vendor       = "Marks vendors, not customers."
*/
select
    landed.item.id as company_type_id,
    clean(landed.item.name) as name,
    landed.item.defaultflag as is_default,
    landed.item.vendorflag as is_vendor
from (
    select from_json(records.payload, '{
        "id": "BIGINT",
        "name": "VARCHAR",
        "defaultFlag": "BOOLEAN",
        "vendorFlag": "BOOLEAN"
    }') as item
    from landing.company_types as records
) as landed
where landed.item.id is not null
