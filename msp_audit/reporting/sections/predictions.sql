/*
title = "Auvik's inventory sync"
empty = "No Auvik device is predicted: the settings declare no inventory sync, or Auvik lists no device."
note  = "What the sync will do at its next run, by company. 'Create' on a sync that has run for weeks means a duplicate to come."

[columns]
company_name = "Company"
matched      = { label = "Match", format = "count" }
created      = { label = "Create", format = "count" }
ambiguous    = { label = "Ambiguous", format = "count" }
blocked      = { label = "Blocked", format = "count" }
waiting      = { label = "Waiting", format = "count" }
excluded     = { label = "Excluded", format = "count" }
*/
select
    predictions.company_id,
    coalesce(
        max(companies.name), 'Company ' || predictions.company_id::varchar, 'Tenants without a company'
    ) as company_name,
    count(*) filter (predictions.outcome = 'match') as matched,
    count(*) filter (predictions.outcome = 'create') as created,
    count(*) filter (predictions.outcome = 'ambiguous') as ambiguous,
    count(*) filter (predictions.outcome = 'blocked') as blocked,
    count(*) filter (predictions.outcome = 'waiting') as waiting,
    count(*) filter (predictions.outcome = 'excluded') as excluded
from core.auvik_predictions as predictions
left join psa.companies as companies
    on predictions.company_id = companies.company_id
where $company_id::bigint is null or predictions.company_id = $company_id::bigint
group by predictions.company_id
order by
    predictions.company_id is null,
    created desc,
    ambiguous desc,
    blocked desc,
    company_name
