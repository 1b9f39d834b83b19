/*
title = "All findings"
empty = "Nothing open: every rule that was judged found its subject in order."
note  = "Open findings with those folded under another one and those set aside by people."

[columns]
severity      = { label = "Severity", format = "severity" }
company_name  = "Company"
title         = "Rule"
entity_name   = "What"
reason        = "Reason"
evidence      = { label = "Evidence", format = "evidence" }
first_seen_at = { label = "Since", format = "date" }
age_days      = { label = "Age", format = "days" }
*/
select
    findings.finding_id,
    findings.rule,
    coalesce(rules.title, findings.rule) as title,
    findings.severity,
    findings.company_id,
    findings.company_name,
    findings.entity_id,
    findings.key,
    rules.subject,
    coalesce(findings.entity_name, findings.entity_id) as entity_name,
    findings.reason,
    findings.evidence,
    findings.detection,
    -- What this run did to it; empty when nothing.
    coalesce(changes.event, '') as change,
    findings.triage,
    findings.triage_until,
    suppressions.reason as set_aside_reason,
    suppressions.author as set_aside_by,
    findings.first_seen_at,
    findings.last_seen_at,
    greatest(0, date_diff('day', findings.first_seen_at, $as_of::timestamp)) as age_days,
    findings.times_reopened,
    parents.finding_id as folded_under_id,
    parents.entity_name as folded_under
from audit.findings as findings
left join audit.rules as rules
    on findings.rule = rules.rule
left join audit.findings as parents
    on findings.parent_finding_id = parents.finding_id
left join audit.suppressions as suppressions
    on
        findings.suppression_id = suppressions.suppression_id
        and suppressions.run_id = $run_id
left join (
    select
        finding_events.finding_id,
        max(finding_events.event) as event
    from audit.finding_events as finding_events
    where
        finding_events.run_id = $run_id
        and finding_events.event in ('new', 'reopened', 'resolved')
    group by finding_events.finding_id
) as changes
    on findings.finding_id = changes.finding_id
where
    (findings.detection <> 'resolved' or ($with_resolved and changes.event = 'resolved'))
    -- A customer is shown what is listed: nothing folded, set aside or below the floor.
    and (
        not $is_for_customer
        or (
            findings.parent_finding_id is null
            and findings.triage <> 'suppressed'
            and list_contains($severities::varchar[], findings.severity)
        )
    )
    and ($company_id::bigint is null or findings.company_id = $company_id::bigint)
    and ($rules::varchar[] is null or list_contains($rules::varchar[], findings.rule))
order by
    findings.rule,
    list_position($all_severities::varchar[], findings.severity),
    findings.company_name nulls last,
    entity_name,
    findings.finding_id
