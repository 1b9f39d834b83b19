/*
title    = "PSA company has the name of a deleted one"
severity = "low"
subject  = "psa.companies"
key      = ["company_id"]
why      = """Integrations list companies by name; a mapping can land on the copy in the recycle bin and \
           nobody sees the difference."""
remedy   = """Check every integration that maps this company (Manage plugin, Auvik site mappings) for the \
           right record; then purge the deleted company from the recycle bin, or rename it."""
source   = "Vendor's API description: deleted companies stay in the list with a flag"
*/
with deleted as (
    select
        lower(companies.name) as name_key,
        list_sort(list(companies.company_id)) as deleted_company_ids
    from psa.companies as companies
    where
        companies.is_deleted
        and companies.name is not null
    group by lower(companies.name)
)

select
    companies.company_id,
    companies.company_id as entity_id,
    companies.name as entity_name,
    'The company ' || companies.name || ' in ConnectWise PSA has the same name as the deleted company record '
    || array_to_string(deleted.deleted_company_ids, ', ') || '.' as reason,
    companies.identifier,
    companies.status_name,
    deleted.deleted_company_ids
from psa.companies as companies
join deleted
    on lower(companies.name) = deleted.name_key
where not coalesce(companies.is_deleted, false)
