/*
grain = "one row per status that a PSA company can have"

[columns]
company_status_id = "The status's record id."
name              = "Name of the status."
is_inactive       = "The status itself is retired."
is_default        = "Given to new companies."
disallows_saving  = "No ticket or other record may be saved for a company of this status."
*/
select
    landed.item.id as company_status_id,
    clean(landed.item.name) as name,
    landed.item.inactiveflag as is_inactive,
    landed.item.defaultflag as is_default,
    landed.item.disallowsavingflag as disallows_saving
from (
    select from_json(records.payload, '{
        "id": "BIGINT",
        "name": "VARCHAR",
        "inactiveFlag": "BOOLEAN",
        "defaultFlag": "BOOLEAN",
        "disallowSavingFlag": "BOOLEAN"
    }') as item
    from landing.company_statuses as records
) as landed
where landed.item.id is not null
