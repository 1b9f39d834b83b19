/*
grain = "one row per location of a NinjaOne organisation"

[columns]
location_id     = "Its id in NinjaOne."
organisation_id = "The organisation that it belongs to."
name            = "Its name."
*/
select
    landed.item.id as location_id,
    landed.item.organizationId as organisation_id,
    clean(landed.item.name) as name
from (
    select
        from_json(
            records.payload, '{"id":"VARCHAR","organizationId":"VARCHAR","name":"VARCHAR"}'
        ) as item
    from landing.locations as records
) as landed
where landed.item.id is not null
