/*
grain = "one row per mapping record of an Automate status to a PSA status"

[columns]
ticket_status_id = "The Automate status."
board_id         = "The PSA board it holds for; null (nothing or 0) for every board."
board_status_id  = "The PSA status it becomes; null when none (nothing, 0 or negative)."
*/
select
    landed.item.TicketStatusID as ticket_status_id,
    nullif(landed.item.CWServiceBoardRecID, 0) as board_id,
    case
        when landed.item.CWServiceStatusRecID > 0 then landed.item.CWServiceStatusRecID
    end as board_status_id
from (
    select
        from_json(
            records.payload,
            '{"TicketStatusID":"BIGINT", "CWServiceBoardRecID":"BIGINT", "CWServiceStatusRecID":"BIGINT"}'
        ) as item
    from landing.status_mappings_to_psa as records
) as landed
