/*
grain = "one row per mapping record of a PSA status to an Automate status"

[columns]
board_status_id  = "The PSA status."
ticket_status_id = "The Automate status it becomes; null when none (nothing, 0 or negative)."
*/
select
    landed.item.CWServiceStatusRecID as board_status_id,
    case when landed.item.TicketStatusID > 0 then landed.item.TicketStatusID end as ticket_status_id
from (
    select
        from_json(
            records.payload,
            '{"CWServiceStatusRecID":"BIGINT", "TicketStatusID":"BIGINT"}'
        ) as item
    from landing.status_mappings_from_psa as records
) as landed
