/*
grain = "one row per manufacturer"

[columns]
manufacturer_id = "The manufacturer's record id."
name            = "Name."
is_inactive     = "Retired."
*/
select
    landed.item.id as manufacturer_id,
    clean(landed.item.name) as name,
    landed.item.inactiveflag as is_inactive
from (
    select from_json(records.payload, '{
        "id": "BIGINT",
        "name": "VARCHAR",
        "inactiveFlag": "BOOLEAN"
    }') as item
    from landing.manufacturers as records
) as landed
where landed.item.id is not null
