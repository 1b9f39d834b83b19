/* The latest run of an estate: what is open, what it changed, and what it could not judge. */
with latest as (
    select max(runs.run_id) as run_id
    from audit.runs as runs
    where runs.finished_at is not null
),

standing as (
    select
        count(*) as open_count,
        count(*) filter (findings.severity = 'critical') as critical_count,
        count(*) filter (findings.severity = 'high') as high_count,
        count(*) filter (findings.detection = 'unchecked') as unchecked_count
    from audit.findings as findings
    where
        findings.detection <> 'resolved'
        and findings.parent_finding_id is null
        and findings.triage <> 'suppressed'
),

changed as (
    select
        count(*) filter (finding_events.event = 'new') as new_count,
        count(*) filter (finding_events.event = 'reopened') as reopened_count,
        count(*) filter (finding_events.event = 'resolved') as resolved_count
    from audit.finding_events as finding_events
    inner join latest
        on finding_events.run_id = latest.run_id
    inner join audit.findings as findings
        on finding_events.finding_id = findings.finding_id
    where
        findings.parent_finding_id is null
        and findings.triage <> 'suppressed'
),

judged as (
    select
        count(*) as rule_count,
        count(*) filter (rule_runs.outcome = 'evaluated') as judged_count,
        count(*) filter (rule_runs.outcome = 'failed') as failed_count
    from audit.rule_runs as rule_runs
    inner join latest
        on rule_runs.run_id = latest.run_id
)

select
    runs.run_id,
    runs.as_of,
    runs.is_first,
    standing.open_count,
    standing.critical_count,
    standing.high_count,
    standing.unchecked_count,
    changed.new_count,
    changed.reopened_count,
    changed.resolved_count,
    judged.rule_count,
    judged.judged_count,
    judged.failed_count
from audit.runs as runs
inner join latest
    on runs.run_id = latest.run_id
cross join standing
cross join changed
cross join judged
