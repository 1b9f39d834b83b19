/*
grain = "one row per mapping record of a PSA priority to an Automate priority"

[columns]
priority_id        = "The PSA priority."
ticket_priority_id = "The Automate priority it becomes; null when none (nothing, 0 or negative)."
*/
select
    landed.item.CWServicePriorityRecID as priority_id,
    case when landed.item.Priority > 0 then landed.item.Priority end as ticket_priority_id
from (
    select
        from_json(
            records.payload,
            '{"CWServicePriorityRecID":"BIGINT", "Priority":"BIGINT"}'
        ) as item
    from landing.priority_mappings_from_psa as records
) as landed
