/*
grain = "one row per list of Automate"

[columns]
resource  = "The list."
way       = "How it was read at the last reading: mysql, rest or exports; null when no way gives it."
time_zone = "The zone of times that it writes without one; null for UTC."
*/
select
    landed.item.resource,
    landed.item.way,
    landed.item.time_zone
from (
    select
        from_json(
            records.payload,
            '{"resource":"VARCHAR", "way":"VARCHAR", "time_zone":"VARCHAR"}'
        ) as item
    from landing.list_ways as records
) as landed
