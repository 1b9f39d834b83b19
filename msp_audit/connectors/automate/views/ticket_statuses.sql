/*
grain = "one row per status that an Automate ticket may have"

[columns]
ticket_status_id = "The status's id in Automate."
name             = "Its name."
*/
select
    landed.item.TicketStatusID as ticket_status_id,
    clean(landed.item.TicketStatus) as name
from (
    select
        from_json(
            records.payload,
            '{"TicketStatusID":"BIGINT", "TicketStatus":"VARCHAR"}'
        ) as item
    from landing.ticket_statuses as records
) as landed
where landed.item.TicketStatusID is not null
