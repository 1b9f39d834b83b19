/*
title    = "Auvik tenant is mapped to a company that is gone or inactive"
severity = "high"
subject  = "auvik.tenants"
key      = ["tenant_id"]
why      = """The sync writes to a record that nobody looks at, often the recycle-bin twin of the right \
           company, or fails without a word."""
remedy   = """In Auvik open Integrations > ConnectWise PSA > Site Mappings and map the tenant to the living \
           company; check twins of the same name in the PSA first."""
source   = "seed 001: site mapping; AV-S03"
*/
select
    site_map.company_id,
    tenants.tenant_id as entity_id,
    coalesce(tenants.name, tenants.domain_prefix, '(no name)') as entity_name,
    'The Auvik tenant ' || coalesce(tenants.name, tenants.domain_prefix, '(no name)') || ' is mapped to '
    || case
        when companies.company_id is null
            then 'company ' || site_map.company_id || ', which does not exist in ConnectWise PSA.'
        when companies.is_deleted then 'the deleted company ' || coalesce(companies.name, '(no name)') || '.'
        else 'the company ' || coalesce(companies.name, '(no name)') || ', whose status '
            || coalesce(companies.status_name, statuses.name, '(none)') || ' is inactive.'
    end as reason,
    tenants.domain_prefix,
    site_map.company_id as mapped_company_id,
    companies.name as company_name,
    companies.status_name
from auvik.tenants as tenants
join auvik.sync_site_map as site_map
    on tenants.domain_prefix = site_map.domain_prefix
left join psa.companies as companies
    on site_map.company_id = companies.company_id
left join psa.company_statuses as statuses
    on companies.status_id = statuses.company_status_id
where
    site_map.company_id is not null
    and (
        companies.company_id is null
        or companies.is_deleted
        or statuses.is_inactive
    )
