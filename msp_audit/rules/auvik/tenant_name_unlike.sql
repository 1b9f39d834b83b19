/*
title    = "Auvik tenant and its company have nothing in common"
severity = "medium"
subject  = "auvik.tenants"
key      = ["tenant_id"]
why      = """Neither name nor any serial number agrees: one customer's devices may be documented and billed \
           as another's."""
remedy   = """In Auvik open Integrations > ConnectWise PSA > Site Mappings and check the company of the \
           tenant; if it is right, suppress this finding with the reason."""
source   = "seed 001: site mapping; AV-S05"

[params]
# Least likeness of the two names, in percent (Jaro-Winkler).
min_likeness_percent = 75
*/
select
    site_map.company_id,
    tenants.tenant_id as entity_id,
    coalesce(tenants.name, tenants.domain_prefix, '(no name)') as entity_name,
    'The Auvik tenant '
    || coalesce(tenants.name, tenants.domain_prefix, '(no name)')
    || ' is mapped to the company '
    || companies.name
    || ', which has another name and none of its serial numbers.' as reason,
    tenants.domain_prefix,
    companies.name as company_name,
    round(100 * jaro_winkler_similarity(lower(tenants.name), lower(companies.name)))::integer
        as likeness_percent
from auvik.tenants as tenants
join auvik.sync_site_map as site_map
    on tenants.domain_prefix = site_map.domain_prefix
join psa.companies as companies
    on site_map.company_id = companies.company_id
join core.tenant_company_links as links
    on tenants.tenant_id = links.tenant_id
where
    not companies.is_deleted
    and links.shared_serial_count = 0
    and round(100 * jaro_winkler_similarity(lower(tenants.name), lower(companies.name)))
    < $min_likeness_percent
    and round(100 * jaro_winkler_similarity(lower(tenants.domain_prefix), lower(companies.name)))
    < $min_likeness_percent
