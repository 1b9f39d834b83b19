/*
grain = "one row per PSA service board that was imported into the plugin"

[columns]
board_id = "The PSA board's record id."
name     = "Its name."
*/
select
    landed.item.CWServiceBoardRecID as board_id,
    clean(landed.item.CWServiceBoardName) as name
from (
    select
        from_json(
            records.payload,
            '{"CWServiceBoardRecID":"BIGINT", "CWServiceBoardName":"VARCHAR"}'
        ) as item
    from landing.plugin_boards as records
) as landed
where landed.item.CWServiceBoardRecID is not null
