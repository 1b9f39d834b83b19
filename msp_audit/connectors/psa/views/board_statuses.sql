/*
grain = "one row per ticket status of a board"

[columns]
board_status_id = "The status's record id."
board_id        = "The board it belongs to; no status is shared."
name            = "Name, often with a sign in front (>Closed)."
is_inactive     = "Retired."
is_closed       = "Tickets of this status are closed; the name does not say so."
is_default      = "Given to new tickets."
sort_order      = "Place in the board's list."
*/
select
    landed.item.id as board_status_id,
    landed.item.board.id as board_id,
    clean(landed.item.name) as name,
    landed.item.inactive as is_inactive,
    landed.item.closedstatus as is_closed,
    landed.item.defaultflag as is_default,
    landed.item.sortorder as sort_order
from (
    select from_json(records.payload, '{
        "id": "BIGINT",
        "board": {"id": "BIGINT"},
        "name": "VARCHAR",
        "inactive": "BOOLEAN",
        "closedStatus": "BOOLEAN",
        "defaultFlag": "BOOLEAN",
        "sortOrder": "BIGINT"
    }') as item
    from landing.board_statuses as records
) as landed
where landed.item.id is not null
