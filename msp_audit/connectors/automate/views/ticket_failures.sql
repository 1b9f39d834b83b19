/*
grain = "one row per ticket that did not reach the PSA"

[columns]
ticket_id    = "The Automate ticket."
message      = "What the plugin said when it last failed."
attempted_at = "When it last tried."
*/
select
    landed.item.TicketID as ticket_id,
    clean(landed.item.LastFailureMessage) as message,
    utc_from(landed.item.LastAttempt, clock.time_zone) as attempted_at
from (
    select
        from_json(
            records.payload,
            '{"TicketID":"BIGINT", "LastFailureMessage":"VARCHAR", "LastAttempt":"VARCHAR"}'
        ) as item
    from landing.ticket_failures as records
) as landed
left join automate.list_ways as clock
    on clock.resource = 'ticket_failures'
