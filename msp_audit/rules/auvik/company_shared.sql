/*
title    = "Auvik tenants that share a company share identifiers too"
severity = "medium"
subject  = "core.tenant_links"
key      = ["company_id"]
why      = """Devices of both tenants are searched in one company, so equal names or serial numbers are synced \
           to one record."""
remedy   = """In Auvik open Integrations > ConnectWise PSA > Site Mappings and give each tenant its own PSA \
           site; take the device name out of the Device Identifiers."""
source   = "seed 001: site mapping; AV-S04"
*/
with shared as (
    select
        hits.company_id,
        hits.auvik_field,
        lower(hits.value) as value
    from core.auvik_identifier_hits as hits
    join auvik.devices as devices
        on hits.device_id = devices.device_id
    group by
        hits.company_id,
        hits.auvik_field,
        lower(hits.value)
    having count(distinct devices.tenant_id) > 1
),

mapped as (
    select
        links.company_id,
        count(*) as tenant_count,
        count(distinct coalesce(lower(site_map.site_name), '')) as site_count,
        list_sort(list(links.domain_prefix)) as domain_prefixes
    from core.tenant_links as links
    left join auvik.sync_site_map as site_map
        on links.domain_prefix = site_map.domain_prefix
    group by links.company_id
)

select
    mapped.company_id,
    mapped.company_id as entity_id,
    coalesce(companies.name, 'company ' || mapped.company_id) as entity_name,
    'The company ' || coalesce(companies.name, mapped.company_id::varchar) || ' has ' || mapped.tenant_count
    || ' Auvik tenants, whose devices share ' || count(*) || ' identifier '
    || case when count(*) = 1 then 'value.' else 'values.' end as reason,
    mapped.domain_prefixes,
    mapped.tenant_count,
    count(*) as shared_value_count,
    list_sort(list(shared.value))[:20] as shared_values
from mapped
join shared
    on mapped.company_id = shared.company_id
left join psa.companies as companies
    on mapped.company_id = companies.company_id
where
    mapped.tenant_count > 1
    and mapped.site_count < mapped.tenant_count
group by
    mapped.company_id,
    mapped.tenant_count,
    mapped.domain_prefixes,
    companies.name
