/*
title = "Rules"
empty = "No rule was judged in this run."
note  = "Folded findings are explained by another one, such as a whole client that is not linked; they are counted here and not listed."

[columns]
title          = "Rule"
severity       = { label = "Severity", format = "severity" }
outcome        = { label = "Outcome", format = "outcome" }
subject_count  = { label = "Examined", format = "count" }
listed_count   = { label = "Open", format = "count" }
folded_count   = { label = "Folded", format = "count" }
in_order_share = { label = "In order", format = "share" }
rule           = { label = "Name", faces = ["html", "xlsx"] }
*/
with standing as (
    select
        findings.rule,
        count(*) filter (
            findings.parent_finding_id is null and findings.triage <> 'suppressed'
        ) as listed_count,
        count(*) filter (findings.parent_finding_id is not null) as folded_count,
        count(*) filter (
            findings.parent_finding_id is null and findings.triage = 'suppressed'
        ) as set_aside_count
    from audit.findings as findings
    where
        findings.detection <> 'resolved'
        and ($company_id::bigint is null or findings.company_id = $company_id::bigint)
        and ($rules::varchar[] is null or list_contains($rules::varchar[], findings.rule))
    group by findings.rule
)

select
    rule_runs.rule,
    coalesce(rules.title, rule_runs.rule) as title,
    coalesce(rules.severity, 'info') as severity,
    rule_runs.outcome,
    rule_runs.reason,
    rules.subject,
    rules.why,
    rules.remedy,
    if($company_id::bigint is null, rule_runs.subject_count, null) as subject_count,
    if(
        $company_id::bigint is null and rule_runs.outcome = 'evaluated' and rule_runs.subject_count > 0,
        greatest(0, 1 - rule_runs.finding_count / rule_runs.subject_count),
        null
    ) as in_order_share,
    coalesce(standing.listed_count, 0) as listed_count,
    coalesce(standing.folded_count, 0) as folded_count,
    coalesce(standing.set_aside_count, 0) as set_aside_count
from audit.rule_runs as rule_runs
left join audit.rules as rules
    on rule_runs.rule = rules.rule
left join standing
    on rule_runs.rule = standing.rule
where
    rule_runs.run_id = $run_id
    and ($rules::varchar[] is null or list_contains($rules::varchar[], rule_runs.rule))
order by rule_runs.rule
