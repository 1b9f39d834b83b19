/* Rules with open findings in an estate, and how many the latest run added. */
with latest as (
    select max(runs.run_id) as run_id
    from audit.runs as runs
    where runs.finished_at is not null
),

added as (
    select finding_events.finding_id
    from audit.finding_events as finding_events
    inner join latest
        on finding_events.run_id = latest.run_id
    where finding_events.event in ('new', 'reopened')
)

select
    findings.rule,
    coalesce(rules.title, findings.rule) as title,
    coalesce(rules.severity, 'info') as severity,
    count(*) as open_count,
    count(added.finding_id) as new_count
from audit.findings as findings
left join audit.rules as rules
    on findings.rule = rules.rule
left join added
    on findings.finding_id = added.finding_id
where
    findings.detection <> 'resolved'
    and findings.parent_finding_id is null
    and findings.triage <> 'suppressed'
group by findings.rule, rules.title, rules.severity
order by findings.rule
