/*
grain = "one row per PSA board status in the plugin's own copy"

[columns]
board_status_id = "The PSA status's record id."
board_id        = "The PSA board it belongs to."
name            = "Its name."
is_inactive     = "Whether it is out of use; inactive statuses stay behind."
*/
select
    landed.item.CWServiceStatusRecID as board_status_id,
    landed.item.CWServiceBoardRecID as board_id,
    clean(landed.item.CWServiceStatusName) as name,
    coalesce(
        try_cast(trim(landed.item.Inactive) as bigint) <> 0,
        lower(trim(landed.item.Inactive)) in ('true', 'yes', 'y', chr(1)),
        false
    ) as is_inactive
from (
    select
        from_json(
            records.payload,
            '{"CWServiceStatusRecID":"BIGINT", "CWServiceBoardRecID":"BIGINT",
             "CWServiceStatusName":"VARCHAR", "Inactive":"VARCHAR"}'
        ) as item
    from landing.plugin_statuses as records
) as landed
where landed.item.CWServiceStatusRecID is not null
