/*
grain = "one row per PSA priority in the plugin's own copy"

[columns]
priority_id = "The PSA priority's record id."
name        = "Its name."
*/
select
    landed.item.CWServicePriorityRecID as priority_id,
    clean(landed.item.CWServicePriorityName) as name
from (
    select
        from_json(
            records.payload,
            '{"CWServicePriorityRecID":"BIGINT", "CWServicePriorityName":"VARCHAR"}'
        ) as item
    from landing.plugin_priorities as records
) as landed
where landed.item.CWServicePriorityRecID is not null
