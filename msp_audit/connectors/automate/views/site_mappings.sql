/*
grain = "one row per mapping record of a location"

[columns]
location_id = "The Automate location."
company_id  = "The PSA company of the site."
site_id     = "The PSA site it is mapped to; null when not mapped (nothing, 0 or negative)."
updated_at  = "When the mapping was last changed."
*/
select
    landed.item.LocationID as location_id,
    case when landed.item.CWCompanyRecID > 0 then landed.item.CWCompanyRecID end as company_id,
    case when landed.item.CWSiteRecID > 0 then landed.item.CWSiteRecID end as site_id,
    utc_from(landed.item.LastUpdate, clock.time_zone) as updated_at
from (
    select
        from_json(
            records.payload,
            '{"LocationID":"BIGINT", "CWCompanyRecID":"BIGINT", "CWSiteRecID":"BIGINT",
             "LastUpdate":"VARCHAR"}'
        ) as item
    from landing.site_mappings as records
) as landed
left join automate.list_ways as clock
    on clock.resource = 'site_mappings'
