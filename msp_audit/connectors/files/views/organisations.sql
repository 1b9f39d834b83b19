/*
grain = "one row per organisation of a monitoring tool that is read from files"

[columns]
tool            = "The monitoring tool."
organisation_id = "Its id of the organisation."
name            = "The organisation's name."
*/
select
    landed.item.tool as tool,
    landed.item.organisation_id as organisation_id,
    clean(landed.item.name) as name
from (
    select
        from_json(
            records.payload, '{"tool":"VARCHAR","organisation_id":"VARCHAR","name":"VARCHAR"}'
        ) as item
    from landing.organisations as records
) as landed
