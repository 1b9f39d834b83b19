/*
grain = "one row per PSA company in the plugin's own copy"

[columns]
company_id  = "The PSA company's record id."
identifier  = "The company's short name in the PSA."
name        = "Its name as the plugin last saw it."
status_name = "Its status as the plugin last saw it."
updated_at  = "When the plugin last saw it."
*/
select
    landed.item.CWCompanyRecID as company_id,
    clean(landed.item.CWCompanyID) as identifier,
    clean(landed.item.CWCompanyName) as name,
    clean(landed.item.CWCompanyStatus) as status_name,
    utc_from(landed.item.LastUpdate, clock.time_zone) as updated_at
from (
    select
        from_json(
            records.payload,
            '{"CWCompanyRecID":"BIGINT", "CWCompanyID":"VARCHAR", "CWCompanyName":"VARCHAR",
             "CWCompanyStatus":"VARCHAR", "LastUpdate":"VARCHAR"}'
        ) as item
    from landing.plugin_companies as records
) as landed
left join automate.list_ways as clock
    on clock.resource = 'plugin_companies'
where landed.item.CWCompanyRecID is not null
