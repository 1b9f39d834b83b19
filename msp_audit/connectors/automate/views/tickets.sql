/*
grain = "one row per Automate ticket, those of excluded clients left out"

[columns]
ticket_id          = "The ticket's id in Automate."
client_id          = "The client it is about."
location_id        = "The location it is about."
computer_id        = "The computer it is about; null when none."
ticket_status_id   = "Its status."
ticket_priority_id = "Its priority."
subject            = "Its subject line."
started_at         = "When it was opened."
updated_at         = "When it was last changed."
external_id        = "The PSA ticket it is synced to; null when not synced."
*/
select
    landed.item.TicketID as ticket_id,
    landed.item.ClientID as client_id,
    landed.item.LocationID as location_id,
    case when landed.item.ComputerID > 0 then landed.item.ComputerID end as computer_id,
    landed.item.Status as ticket_status_id,
    landed.item.Priority as ticket_priority_id,
    clean(landed.item.Subject) as subject,
    utc_from(landed.item.StartedDate, clock.time_zone) as started_at,
    utc_from(landed.item.UpdateDate, clock.time_zone) as updated_at,
    case when landed.item.ExternalID > 0 then landed.item.ExternalID end as external_id
from (
    select
        from_json(
            records.payload,
            '{"TicketID":"BIGINT", "ClientID":"BIGINT", "LocationID":"BIGINT", "ComputerID":"BIGINT",
             "Status":"BIGINT", "Priority":"BIGINT", "Subject":"VARCHAR", "StartedDate":"VARCHAR",
             "UpdateDate":"VARCHAR", "ExternalID":"BIGINT"}'
        ) as item
    from landing.tickets as records
) as landed
left join automate.list_ways as clock
    on clock.resource = 'tickets'
anti join automate.excluded_clients as excluded
    on landed.item.ClientID = excluded.client_id
where landed.item.TicketID is not null
