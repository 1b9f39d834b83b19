/*
grain = "one row per service board"

[columns]
board_id    = "The board's record id."
name        = "Name."
is_inactive = "Retired."
is_project  = "Holds project tickets."
*/
select
    landed.item.id as board_id,
    clean(landed.item.name) as name,
    landed.item.inactiveflag as is_inactive,
    landed.item.projectflag as is_project
from (
    select from_json(records.payload, '{
        "id": "BIGINT",
        "name": "VARCHAR",
        "inactiveFlag": "BOOLEAN",
        "projectFlag": "BOOLEAN"
    }') as item
    from landing.boards as records
) as landed
where landed.item.id is not null
