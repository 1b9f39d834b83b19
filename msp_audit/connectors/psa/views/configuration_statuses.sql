/*
grain = "one row per status of configurations"

[columns]
configuration_status_id = "The status's record id."
name                    = "Its name (PSA calls it description)."
is_closed               = "Configurations of this status count as not active."
is_default              = "Given to new configurations."
*/
select
    landed.item.id as configuration_status_id,
    clean(landed.item.description) as name,
    landed.item.closedflag as is_closed,
    landed.item.defaultflag as is_default
from (
    select from_json(records.payload, '{
        "id": "BIGINT",
        "description": "VARCHAR",
        "closedFlag": "BOOLEAN",
        "defaultFlag": "BOOLEAN"
    }') as item
    from landing.configuration_statuses as records
) as landed
where landed.item.id is not null
