/*
grain = "one row per tenant that is mapped to a PSA company, as declared"

[columns]
domain_prefix   = "The tenant's domain prefix, in lower case."
company_id      = "The PSA company."
site_name       = "The PSA site; null when none is set."
syncs_inventory = "Whether the inventory is synced."
syncs_alerts    = "Whether alerts are synced."
*/
select
    lower(clean(landed.item.domain_prefix)) as domain_prefix,
    landed.item.company_id,
    clean(landed.item.site_name) as site_name,
    landed.item.syncs_inventory,
    landed.item.syncs_alerts
from (
    select
        from_json(
            records.payload,
            '{"domain_prefix":"VARCHAR", "company_id":"BIGINT", "site_name":"VARCHAR",
             "syncs_inventory":"BOOLEAN", "syncs_alerts":"BOOLEAN"}'
        ) as item
    from landing.sync_site_map as records
) as landed
