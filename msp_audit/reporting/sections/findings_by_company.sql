/*
title = "Findings by company"
empty = "Nothing open: every rule that was judged found its subject in order."
group = ["company_id", "rule"]

[columns]
entity_name   = "What"
reason        = "Finding"
first_seen_at = { label = "Since", format = "date" }
age_days      = { label = "Age", format = "days" }
*/
with ours as not materialized (
    select
        findings.finding_id,
        findings.company_id,
        coalesce(findings.company_name, if(
            findings.company_id is null, 'Not tied to a company', 'Company ' || findings.company_id::varchar
        )) as company_name,
        findings.rule,
        findings.severity,
        list_position($all_severities::varchar[], findings.severity) as severity_rank,
        findings.entity_id,
        findings.key,
        coalesce(findings.entity_name, findings.entity_id) as entity_name,
        findings.reason,
        findings.evidence,
        findings.detection,
        findings.triage,
        findings.first_seen_at,
        greatest(0, date_diff('day', findings.first_seen_at, $as_of::timestamp)) as age_days
    from audit.findings as findings
    where
        findings.detection <> 'resolved'
        and findings.parent_finding_id is null
        and findings.triage <> 'suppressed'
        and list_contains($severities::varchar[], findings.severity)
        and ($company_id::bigint is null or findings.company_id = $company_id::bigint)
        and ($rules::varchar[] is null or list_contains($rules::varchar[], findings.rule))
),

companies as (
    select
        ours.company_id,
        count(*) filter (ours.severity = 'critical') as critical,
        count(*) filter (ours.severity = 'high') as high,
        count(*) filter (ours.severity = 'medium') as medium,
        count(*) filter (ours.severity = 'low') as low,
        count(*) as total
    from ours
    group by ours.company_id
)

select
    ours.finding_id,
    ours.company_id,
    ours.company_name,
    companies.critical,
    companies.high,
    companies.medium,
    companies.low,
    companies.total as company_total,
    ours.rule,
    coalesce(rules.title, ours.rule) as title,
    ours.severity,
    rules.why,
    rules.remedy,
    ours.entity_id,
    ours.key,
    rules.subject,
    ours.entity_name,
    ours.reason,
    ours.evidence,
    ours.detection,
    ours.triage,
    ours.first_seen_at,
    ours.age_days
from ours
inner join companies
    on ours.company_id is not distinct from companies.company_id
left join audit.rules as rules
    on ours.rule = rules.rule
where $only::varchar[] is null or ours.finding_id in (select unnest($only::varchar[]))
order by
    ours.company_id is null,
    companies.critical desc,
    companies.high desc,
    companies.medium desc,
    companies.low desc,
    min(ours.company_name) over (partition by ours.company_id),
    ours.company_id,
    min(ours.severity_rank) over (partition by ours.company_id, ours.rule),
    ours.rule,
    ours.severity_rank,
    ours.age_days desc,
    ours.entity_name,
    ours.finding_id
