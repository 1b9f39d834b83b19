/*
grain = "one row per team of a board"

[columns]
board_team_id = "The team's record id."
board_id      = "The board it belongs to."
name          = "Name."
is_default    = "Takes new tickets."
*/
select
    landed.item.id as board_team_id,
    landed.item.boardid as board_id,
    clean(landed.item.name) as name,
    landed.item.defaultflag as is_default
from (
    select from_json(records.payload, '{
        "id": "BIGINT",
        "boardId": "BIGINT",
        "name": "VARCHAR",
        "defaultFlag": "BOOLEAN"
    }') as item
    from landing.board_teams as records
) as landed
where landed.item.id is not null
