/*
title = "Summary"
empty = "Nothing was found."

[columns]
severity        = { label = "Severity", format = "severity" }
open_count      = { label = "Open", format = "count" }
new_count       = { label = "New", format = "count" }
reopened_count  = { label = "Came back", format = "count" }
resolved_count  = { label = "Resolved", format = "count" }
unchecked_count = { label = "Not re-checked", format = "count" }
*/
with severities as (
    select
        unnest($all_severities::varchar[]) as severity,
        generate_subscripts($all_severities::varchar[], 1) as severity_rank
),

ours as (
    select
        findings.finding_id,
        findings.severity,
        findings.detection
    from audit.findings as findings
    where
        findings.parent_finding_id is null
        and findings.triage <> 'suppressed'
        and ($company_id::bigint is null or findings.company_id = $company_id::bigint)
        and ($rules::varchar[] is null or list_contains($rules::varchar[], findings.rule))
),

standing as (
    select
        ours.severity,
        count(*) as open_count,
        count(*) filter (ours.detection = 'unchecked') as unchecked_count
    from ours
    where ours.detection <> 'resolved'
    group by ours.severity
),

changed as (
    select
        ours.severity,
        count(*) filter (finding_events.event = 'new') as new_count,
        count(*) filter (finding_events.event = 'reopened') as reopened_count,
        count(*) filter (finding_events.event = 'resolved') as resolved_count
    from audit.finding_events as finding_events
    inner join ours
        on finding_events.finding_id = ours.finding_id
    where finding_events.run_id = $run_id
    group by ours.severity
)

select
    severities.severity,
    coalesce(standing.open_count, 0) as open_count,
    coalesce(changed.new_count, 0) as new_count,
    coalesce(changed.reopened_count, 0) as reopened_count,
    coalesce(changed.resolved_count, 0) as resolved_count,
    coalesce(standing.unchecked_count, 0) as unchecked_count
from severities
left join standing
    on severities.severity = standing.severity
left join changed
    on severities.severity = changed.severity
where
    severities.severity <> 'info'
    or coalesce(standing.open_count, 0) + coalesce(changed.resolved_count, 0) > 0
order by severities.severity_rank
