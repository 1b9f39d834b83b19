/*
grain = "one row per name of PSA companies that are not deleted, whatever its case: how many bear it"

[columns]
name_key      = "The name in lower case."
company_id    = "The company; the lowest of those that bear the name."
company_count = "Companies of that name."
*/
select
    lower(companies.name) as name_key,
    min(companies.company_id) as company_id,
    count(*) as company_count
from psa.companies as companies
where
    not companies.is_deleted
    and companies.name is not null
group by lower(companies.name)
