/*
title    = "PSA customer company has no Automate client"
severity = "low"
subject  = "psa.companies"
key      = ["company_id"]
why      = """A customer under agreement without a client in Automate has no agent that anybody watches, \
           or its client is mapped to another company."""
remedy   = """Make the client in Automate or map the existing one (Manage plugin, Dashboard > Config > \
           Integration); ignore the company there if it is looked after without agents."""
source   = "Cross-check of the plugin's mapping with the PSA's own companies (columns certain)"
*/
with customers as (
    -- A company counts as a customer while an agreement with it runs.
    select
        agreements.company_id,
        count(*) as agreement_count
    from psa.agreements as agreements
    where
        not coalesce(agreements.is_cancelled, false)
        and (agreements.starts_on is null or agreements.starts_on <= $as_of)
        and (
            agreements.ends_on is null
            or coalesce(agreements.has_no_end, false)
            or agreements.ends_on >= $as_of
        )
    group by agreements.company_id
)

select
    companies.company_id,
    companies.company_id as entity_id,
    coalesce(companies.name, '(no name)') as entity_name,
    'The company ' || coalesce(companies.name, '(no name)') || ' in ConnectWise PSA has '
    || customers.agreement_count
    || case when customers.agreement_count = 1 then ' agreement' else ' agreements' end
    || ' in force, but no Automate client is mapped to it.' as reason,
    companies.status_name,
    companies.type_names,
    customers.agreement_count
from psa.companies as companies
join customers
    on companies.company_id = customers.company_id
where
    not coalesce(companies.is_deleted, false)
    and not exists (
        select 1
        from automate.client_mappings as mappings
        where mappings.company_id = companies.company_id
    )
    and not exists (
        select 1
        from automate.ignored_entities as ignored
        where
            ignored.entity_kind = 'client'
            and ignored.psa_record_id = companies.company_id
    )
