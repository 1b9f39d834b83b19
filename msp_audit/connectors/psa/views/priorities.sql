/*
grain = "one row per ticket priority"

[columns]
priority_id = "The priority's record id."
name        = "Name."
sort_order  = "Place in the list."
level       = "Critical, High, Medium or Low; older servers do not say."
*/
select
    landed.item.id as priority_id,
    clean(landed.item.name) as name,
    landed.item.sortorder as sort_order,
    clean(landed.item.level) as level
from (
    select from_json(records.payload, '{
        "id": "BIGINT",
        "name": "VARCHAR",
        "sortOrder": "BIGINT",
        "level": "VARCHAR"
    }') as item
    from landing.priorities as records
) as landed
where landed.item.id is not null
