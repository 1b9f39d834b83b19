/*
grain = "one row per mapping record of a client; a client may have several"

[columns]
client_id           = "The Automate client; rows of deleted clients stay behind."
company_id          = "The PSA company it is mapped to; null when not mapped (nothing, 0 or negative)."
company_name        = "Its name as the plugin last saw it."
service_template_id = "The managed service template: without one the assets are not synced; null when none."
agreement_id        = "The PSA agreement; null when none."
updated_at          = "When the mapping was last changed."
*/
select
    landed.item.ClientID as client_id,
    case when landed.item.CWCompanyRecID > 0 then landed.item.CWCompanyRecID end as company_id,
    clean(landed.item.CWCompanyName) as company_name,
    case
        when landed.item.ManagedServiceTemplateID > 0 then landed.item.ManagedServiceTemplateID
    end as service_template_id,
    case when landed.item.CWAgreementRecID > 0 then landed.item.CWAgreementRecID end as agreement_id,
    utc_from(landed.item.LastUpdate, clock.time_zone) as updated_at
from (
    select
        from_json(
            records.payload,
            '{"ClientID":"BIGINT", "CWCompanyRecID":"BIGINT", "CWCompanyName":"VARCHAR",
             "ManagedServiceTemplateID":"BIGINT", "CWAgreementRecID":"BIGINT", "LastUpdate":"VARCHAR"}'
        ) as item
    from landing.client_mappings as records
) as landed
left join automate.list_ways as clock
    on clock.resource = 'client_mappings'
