/*
title = "Worklist"
empty = "Nothing open: every rule that was judged found its subject in order."
group = ["rule"]

[columns]
company_name  = "Company"
entity_name   = "What"
reason        = "Finding"
first_seen_at = { label = "Since", format = "date" }
age_days      = { label = "Age", format = "days" }
*/
with ours as (
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
)

select
    ours.finding_id,
    ours.company_id,
    ours.company_name,
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
left join audit.rules as rules
    on ours.rule = rules.rule
where $only::varchar[] is null or ours.finding_id in (select unnest($only::varchar[]))
order by
    min(ours.severity_rank) over (partition by ours.rule),
    count(*) over (partition by ours.rule) desc,
    ours.rule,
    ours.severity_rank,
    ours.company_name,
    ours.age_days desc,
    ours.entity_name,
    ours.finding_id
