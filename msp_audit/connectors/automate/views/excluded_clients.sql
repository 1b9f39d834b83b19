/*
grain = "one row per Automate client that the settings leave out"

[columns]
client_id   = "The client's id in Automate."
name        = "Its name."
excluded_by = "What in automate.exclude_clients left it out: its id, or the first pattern of its name."
*/
select
    landed.item.ClientID as client_id,
    clean(landed.item.Name) as name,
    min(exclusions.exclusion) as excluded_by
from (
    select from_json(records.payload, '{"ClientID":"BIGINT", "Name":"VARCHAR"}') as item
    from landing.clients as records
) as landed
join automate.client_exclusions as exclusions
    on
        landed.item.ClientID = exclusions.client_id
        or lower(clean(landed.item.Name)) glob exclusions.name_pattern
where landed.item.ClientID is not null
group by all
