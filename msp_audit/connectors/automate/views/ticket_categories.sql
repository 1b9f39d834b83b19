/*
grain = "one row per category of Automate tickets and monitors"

[columns]
ticket_category_id = "The category's id in Automate."
name               = "Its name."
*/
select
    landed.item.ID as ticket_category_id,
    clean(landed.item.CategoryName) as name
from (
    select
        from_json(
            records.payload,
            '{"ID":"BIGINT", "CategoryName":"VARCHAR"}'
        ) as item
    from landing.ticket_categories as records
) as landed
where landed.item.ID is not null
