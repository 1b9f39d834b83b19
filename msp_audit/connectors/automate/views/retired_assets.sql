/*
grain = "one row per computer that was retired from Automate"

[columns]
retired_asset_id = "The record's id in Automate."
computer_id      = "The id that the computer had."
client_id        = "The client it belonged to."
location_id      = "The location it belonged to."
name             = "Its computer name."
operating_system = "The operating system it had."
retired_at       = "When it was retired."
comment          = "Why, as somebody wrote it."
*/
select
    landed.item.AssetID as retired_asset_id,
    case when landed.item.ComputerID > 0 then landed.item.ComputerID end as computer_id,
    landed.item.ClientID as client_id,
    landed.item.LocationID as location_id,
    clean(landed.item.Name) as name,
    clean(landed.item.OS) as operating_system,
    utc_from(landed.item.RetiredDate, clock.time_zone) as retired_at,
    clean(landed.item.RetireComment) as comment
from (
    select
        from_json(
            records.payload,
            '{"AssetID":"BIGINT", "ComputerID":"BIGINT", "ClientID":"BIGINT", "LocationID":"BIGINT",
             "Name":"VARCHAR", "OS":"VARCHAR", "RetiredDate":"VARCHAR", "RetireComment":"VARCHAR"}'
        ) as item
    from landing.retired_assets as records
) as landed
left join automate.list_ways as clock
    on clock.resource = 'retired_assets'
anti join automate.excluded_clients as excluded
    on landed.item.ClientID = excluded.client_id
where landed.item.AssetID is not null
