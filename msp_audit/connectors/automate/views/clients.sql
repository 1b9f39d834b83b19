/*
grain = "one row per Automate client that the settings do not exclude"

[columns]
client_id        = "The client's id in Automate."
name             = "Its name."
external_id      = "The PSA company id that Automate itself keeps; null when not linked or not a number."
external_id_text = "The same as it was written, for what is not a number."
city             = "City of its address."
*/
select
    landed.item.ClientID as client_id,
    clean(landed.item.Name) as name,
    case
        when try_cast(trim(landed.item.ExternalID) as bigint) > 0
            then try_cast(trim(landed.item.ExternalID) as bigint)
    end as external_id,
    clean(landed.item.ExternalID) as external_id_text,
    clean(landed.item.City) as city
from (
    select
        from_json(
            records.payload,
            '{"ClientID":"BIGINT", "Name":"VARCHAR", "City":"VARCHAR", "ExternalID":"VARCHAR"}'
        ) as item
    from landing.clients as records
) as landed
anti join automate.excluded_clients as excluded
    on landed.item.ClientID = excluded.client_id
where landed.item.ClientID is not null
