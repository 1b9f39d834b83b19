/*
grain = "one row per entry of automate.exclude_clients in the settings"

[columns]
exclusion    = "The entry as it was written."
client_id    = "The client it names by id; null when it is a pattern."
name_pattern = "The pattern of names, in lower case, with * and ?; null when it is an id."
*/
select
    landed.item.exclusion,
    landed.item.client_id,
    -- In glob a bracket begins a set; in the settings it is a bracket.
    lower(replace(landed.item.name_pattern, '[', '[[]')) as name_pattern
from (
    select
        from_json(
            records.payload,
            '{"exclusion":"VARCHAR", "client_id":"BIGINT", "name_pattern":"VARCHAR"}'
        ) as item
    from landing.client_exclusions as records
) as landed
