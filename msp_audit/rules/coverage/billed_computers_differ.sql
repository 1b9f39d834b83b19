/*
title    = "Billed computers and computers present disagree"
severity = "high"
subject  = "psa.agreement_additions"
key      = ["company_id"]
why      = """The invoice does not follow the machines: what is present and not billed is lost money, what is \
           billed and gone is a complaint."""
remedy   = """Compare the rows behind the difference; correct the quantity of the additions on the company's \
           agreement, or retire the agents that are gone."""
source   = "AV-B03; agreement additions against what is present"

[params]
# Machines by which the two may differ; five percent of what is present always may.
tolerated_count = 1
# Computers that last spoke to Automate longer ago are not present.
seen_within_days = 30
# What the product or description of such an addition looks like, in lower case; a pattern of regular expressions.
product_pattern = "(server|workstation|desktop|laptop)"
*/
with
billed as (
    select
        agreements.company_id,
        sum(additions.quantity - coalesce(additions.less_included, 0)) as billed_count,
        list_sort(list(additions.addition_id)) as addition_ids
    from psa.agreement_additions as additions
    join psa.agreements as agreements
        on additions.agreement_id = agreements.agreement_id
    where
        regexp_matches(
            lower(coalesce(additions.product_name, '') || ' ' || coalesce(additions.description, '')),
            $product_pattern
        )
        and coalesce(agreements.agreement_status, 'Active') = 'Active'
        and not coalesce(agreements.is_cancelled, false)
        and coalesce(additions.effective_on <= $as_of, true)
        and coalesce(additions.cancelled_on > $as_of, true)
        and agreements.company_id is not null
    group by agreements.company_id
),

present as (
    select
        links.company_id,
        count(distinct computers.computer_id) as present_count,
        count(distinct configurations.configuration_id) as configuration_count,
        list_sort(
            list(distinct computers.computer_id) filter (where configurations.configuration_id is null)
        )[:50] as without_configuration_ids
    from automate.computers as computers
    join core.client_links as links
        on computers.client_id = links.client_id
    left join core.computer_configuration_links as computer_links
        on computers.computer_id = computer_links.computer_id
    left join psa.configurations as configurations
        on
            computer_links.configuration_id = configurations.configuration_id
            and configurations.is_active
    where computers.last_contact_at >= $as_of - to_days($seen_within_days)
    group by links.company_id
)

select
    billed.company_id,
    billed.company_id as entity_id,
    coalesce(companies.name, 'company ' || billed.company_id) as entity_name,
    'The agreements of ' || coalesce(companies.name, 'company ' || billed.company_id) || ' bill '
    || printf('%g', billed.billed_count) || ' computers, but ' || present.present_count || ' '
    || case when present.present_count = 1 then 'is' else 'are' end || ' present and '
    || present.configuration_count || ' active in ConnectWise PSA.' as reason,
    billed.billed_count,
    present.present_count,
    present.configuration_count,
    billed.addition_ids,
    present.without_configuration_ids
from billed
join present
    on billed.company_id = present.company_id
left join psa.companies as companies
    on billed.company_id = companies.company_id
where
    abs(billed.billed_count - present.present_count) > $tolerated_count
    and abs(billed.billed_count - present.present_count) > 0.05 * present.present_count + 0.0001
