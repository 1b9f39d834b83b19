/*
grain = "one row per Automate location, those of excluded clients left out"

[columns]
location_id = "The location's id in Automate."
client_id   = "The client it belongs to; 0 and ids of deleted clients occur."
name        = "Its name."
external_id = "The PSA site id that Automate itself keeps; null when not linked."
city        = "City of its address."
*/
select
    landed.item.LocationID as location_id,
    landed.item.ClientID as client_id,
    clean(landed.item.Name) as name,
    case when landed.item.ExternalID > 0 then landed.item.ExternalID end as external_id,
    clean(landed.item.City) as city
from (
    select
        from_json(
            records.payload,
            '{"LocationID":"BIGINT", "ClientID":"BIGINT", "Name":"VARCHAR", "City":"VARCHAR",
             "ExternalID":"BIGINT"}'
        ) as item
    from landing.locations as records
) as landed
anti join automate.excluded_clients as excluded
    on landed.item.ClientID = excluded.client_id
where landed.item.LocationID is not null
