/*
title = "The run itself, and the totals of the report's scope"
*/
with ours as (
    select
        findings.severity,
        findings.detection,
        findings.triage,
        findings.parent_finding_id,
        findings.first_seen_run_id
    from audit.findings as findings
    where
        findings.detection <> 'resolved'
        and ($company_id::bigint is null or findings.company_id = $company_id::bigint)
        and ($rules::varchar[] is null or list_contains($rules::varchar[], findings.rule))
),

totals as (
    select
        count(*) filter (ours.parent_finding_id is null and ours.triage <> 'suppressed') as open_count,
        count(*) filter (ours.parent_finding_id is not null) as folded_count,
        count(*) filter (ours.parent_finding_id is null and ours.triage = 'suppressed') as suppressed_count,
        count(*) filter (
            ours.parent_finding_id is null
            and ours.triage <> 'suppressed'
            and not list_contains($severities::varchar[], ours.severity)
        ) as below_floor_count,
        count(*) filter (
            ours.parent_finding_id is null and ours.triage <> 'suppressed' and ours.detection = 'unchecked'
        ) as unchecked_count
    from ours
),

events as (
    select
        count(*) filter (finding_events.event = 'new') as new_count,
        count(*) filter (finding_events.event = 'reopened') as reopened_count,
        count(*) filter (finding_events.event = 'resolved') as resolved_count
    from audit.finding_events as finding_events
    inner join audit.findings as findings
        on finding_events.finding_id = findings.finding_id
    where
        finding_events.run_id = $run_id
        and findings.parent_finding_id is null
        and findings.triage <> 'suppressed'
        and ($company_id::bigint is null or findings.company_id = $company_id::bigint)
        and ($rules::varchar[] is null or list_contains($rules::varchar[], findings.rule))
),

judged as (
    select
        rules.subject,
        count(*) as rule_count,
        max(rule_runs.subject_count) as record_count
    from audit.rule_runs as rule_runs
    inner join audit.rules as rules
        on rule_runs.rule = rules.rule
    where
        rule_runs.run_id = $run_id
        and rule_runs.outcome in ('evaluated', 'truncated')
        and ($rules::varchar[] is null or list_contains($rules::varchar[], rule_runs.rule))
    group by rules.subject
)

select
    runs.run_id,
    (select max(later.run_id) from audit.runs as later) as last_run_id,
    runs.as_of,
    runs.is_first,
    runs.program_version,
    totals.open_count,
    totals.folded_count,
    totals.suppressed_count,
    totals.below_floor_count,
    totals.unchecked_count,
    events.new_count,
    events.reopened_count,
    events.resolved_count,
    (select coalesce(sum(judged.rule_count), 0)::bigint from judged) as rules_judged,
    (select coalesce(sum(judged.record_count), 0)::bigint from judged) as records_examined,
    (
        select max(findings.company_name)
        from audit.findings as findings
        where findings.company_id = $company_id::bigint
    ) as company_name,
    (
        select coalesce(list(run_sources.source order by run_sources.source), [])
        from audit.run_sources as run_sources
        where run_sources.run_id = $run_id and run_sources.snapshot_id is not null
    ) as sources_read
from audit.runs as runs
cross join totals
cross join events
where runs.run_id = $run_id
