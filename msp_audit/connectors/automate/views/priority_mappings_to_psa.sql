/*
grain = "one row per mapping record of an Automate priority to a PSA priority"

[columns]
ticket_priority_id = "The Automate priority."
priority_id        = "The PSA priority it becomes; null when none (nothing, 0 or negative)."
*/
select
    landed.item.Priority as ticket_priority_id,
    case
        when landed.item.CWServicePriorityRecID > 0 then landed.item.CWServicePriorityRecID
    end as priority_id
from (
    select
        from_json(
            records.payload,
            '{"Priority":"BIGINT", "CWServicePriorityRecID":"BIGINT"}'
        ) as item
    from landing.priority_mappings_to_psa as records
) as landed
