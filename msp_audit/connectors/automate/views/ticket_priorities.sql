/*
grain = "one row per priority that an Automate ticket may have"

[columns]
ticket_priority_id = "The priority's id in Automate."
name               = "Its name."
*/
select
    landed.item.Priority as ticket_priority_id,
    clean(landed.item.Name) as name
from (
    select
        from_json(
            records.payload,
            '{"Priority":"BIGINT", "Name":"VARCHAR"}'
        ) as item
    from landing.ticket_priorities as records
) as landed
where landed.item.Priority is not null
