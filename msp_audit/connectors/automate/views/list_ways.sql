/*
grain = "one row per list of Automate"

[columns]
resource = "The list."
way      = "How it was read at the last reading: mysql, rest or exports; null when no way gives it."
*/
select
    landed.item.resource,
    landed.item.way
from (
    select from_json(records.payload, '{"resource":"VARCHAR", "way":"VARCHAR"}') as item
    from landing.list_ways as records
) as landed
