/*
grain = "one row per mapping record of an Automate ticket category"

[columns]
ticket_category_id = "The Automate ticket category."
board_id           = "The PSA board; null when none."
priority_id        = "The PSA priority; null when none."
service_type_id    = "The PSA service type; null when none."
service_subtype_id = "The PSA service subtype; null when none."
service_item_id    = "The PSA service item; null when none."
work_type_id       = "The PSA work type; null when none."
*/
select
    landed.item.CategoryID as ticket_category_id,
    case when landed.item.CWServiceBoardRecID > 0 then landed.item.CWServiceBoardRecID end as board_id,
    case when landed.item.CWPriorityRecID > 0 then landed.item.CWPriorityRecID end as priority_id,
    case when landed.item.CWServiceTypeRecID > 0 then landed.item.CWServiceTypeRecID end as service_type_id,
    case when landed.item.CWSubTypeRecID > 0 then landed.item.CWSubTypeRecID end as service_subtype_id,
    case when landed.item.CWItemRecID > 0 then landed.item.CWItemRecID end as service_item_id,
    case when landed.item.CWWorkTypeRecID > 0 then landed.item.CWWorkTypeRecID end as work_type_id
from (
    select
        from_json(
            records.payload,
            '{"CategoryID":"BIGINT", "CWServiceBoardRecID":"BIGINT", "CWPriorityRecID":"BIGINT",
             "CWServiceTypeRecID":"BIGINT", "CWSubTypeRecID":"BIGINT", "CWItemRecID":"BIGINT",
             "CWWorkTypeRecID":"BIGINT"}'
        ) as item
    from landing.category_mappings as records
) as landed
