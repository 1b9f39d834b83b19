/*
title = "Changes"
empty = "Since the run before, nothing appeared, came back or was resolved."
empty_first_run = "This is the first run: everything is new. Changes are listed from the next run on."
note  = "Since the run before."
group = ["event"]

[columns]
event        = { label = "Change", format = "event" }
severity     = { label = "Severity", format = "severity" }
company_name = "Company"
title        = { label = "Rule", faces = ["html", "xlsx"] }
entity_name  = "What"
reason       = "Reason"
rule         = { label = "Rule name", faces = ["xlsx"] }
entity_id    = { label = "Id", faces = ["xlsx"] }
finding_id   = { label = "Finding", faces = ["xlsx"] }
*/
select
    finding_events.event,
    findings.severity,
    coalesce(findings.company_name, 'Not tied to a company') as company_name,
    coalesce(rules.title, findings.rule) as title,
    findings.rule,
    findings.entity_id,
    findings.key,
    findings.evidence,
    coalesce(findings.entity_name, findings.entity_id) as entity_name,
    findings.reason,
    findings.finding_id,
    findings.detection
from audit.finding_events as finding_events
inner join audit.findings as findings
    on finding_events.finding_id = findings.finding_id
inner join audit.runs as runs
    on finding_events.run_id = runs.run_id
left join audit.rules as rules
    on findings.rule = rules.rule
where
    finding_events.run_id = $run_id
    and not runs.is_first
    and finding_events.event in ('new', 'reopened', 'resolved')
    and findings.parent_finding_id is null
    and findings.triage <> 'suppressed'
    and list_contains($severities::varchar[], findings.severity)
    and ($company_id::bigint is null or findings.company_id = $company_id::bigint)
    and ($rules::varchar[] is null or list_contains($rules::varchar[], findings.rule))
order by
    list_position(['new', 'reopened', 'resolved'], finding_events.event),
    list_position($all_severities::varchar[], findings.severity),
    company_name,
    findings.rule,
    entity_name,
    findings.finding_id
