/*
grain = "one row per site of a monitoring tool that is read from files"

[columns]
tool            = "The monitoring tool."
site_id         = "Its id of the site."
organisation_id = "The organisation that the site belongs to."
name            = "The site's name."
*/
select
    landed.item.tool as tool,
    landed.item.site_id as site_id,
    landed.item.organisation_id as organisation_id,
    clean(landed.item.name) as name
from (
    select
        from_json(
            records.payload,
            '{"tool":"VARCHAR","site_id":"VARCHAR","organisation_id":"VARCHAR","name":"VARCHAR"}'
        ) as item
    from landing.sites as records
) as landed
