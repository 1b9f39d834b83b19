/*
title = "Where to begin"
empty = "Nothing is open."
note  = "The few rules that explain most of what is open, with what is folded under their findings."

[columns]
title         = "Cause"
severity      = { label = "Severity", format = "severity", faces = ["html", "pdf", "xlsx"] }
explained     = { label = "Explains", format = "count" }
running_share = { label = "Together", format = "share", faces = ["html", "pdf", "xlsx"] }
oldest_days   = { label = "Oldest", format = "days" }
remedy        = "What to do"
*/
with standing as (
    select
        findings.finding_id,
        findings.rule,
        findings.severity,
        findings.parent_finding_id,
        date_diff('day', findings.first_seen_at, $as_of::timestamp) as age_days
    from audit.findings as findings
    where
        findings.detection <> 'resolved'
        and findings.triage <> 'suppressed'
        and list_contains($severities::varchar[], findings.severity)
        and ($company_id::bigint is null or findings.company_id = $company_id::bigint)
        and ($rules::varchar[] is null or list_contains($rules::varchar[], findings.rule))
),

causes as (
    select
        coalesce(parents.rule, standing.rule) as rule,
        count(*) as explained,
        max(greatest(0, standing.age_days)) as oldest_days,
        min(list_position($all_severities::varchar[], standing.severity)) as severity_rank
    from standing
    left join standing as parents
        on standing.parent_finding_id = parents.finding_id
    group by coalesce(parents.rule, standing.rule)
),

ranked as (
    select
        causes.rule,
        causes.explained,
        causes.oldest_days,
        causes.severity_rank,
        row_number() over (order by causes.explained desc, causes.severity_rank, causes.rule) as position,
        sum(causes.explained) over (order by causes.explained desc, causes.severity_rank, causes.rule)
        / sum(causes.explained) over () as running_share
    from causes
)

select
    coalesce(rules.title, ranked.rule) as title,
    ranked.rule,
    list_extract($all_severities::varchar[], ranked.severity_rank) as severity,
    ranked.explained,
    ranked.running_share,
    ranked.oldest_days,
    rules.remedy
from ranked
left join audit.rules as rules
    on ranked.rule = rules.rule
where ranked.position <= 5
order by ranked.position
