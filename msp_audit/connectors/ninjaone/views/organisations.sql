/*
grain = "one row per NinjaOne organisation that the API client may see"

[columns]
organisation_id = "Its id in NinjaOne."
name            = "Its name."
*/
select
    landed.item.id as organisation_id,
    clean(landed.item.name) as name
from (
    select from_json(records.payload, '{"id":"VARCHAR","name":"VARCHAR"}') as item
    from landing.organisations as records
) as landed
where landed.item.id is not null
