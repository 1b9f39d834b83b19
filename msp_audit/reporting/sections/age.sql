/*
title = "Age"
empty = "Nothing is open."
note  = "How long the open findings have stood."

[columns]
bucket      = "Open for"
critical    = { label = "Critical", format = "count" }
high        = { label = "High", format = "count" }
medium      = { label = "Medium", format = "count" }
low         = { label = "Low", format = "count" }
info        = { label = "Info", format = "count" }
total       = { label = "Open", format = "count" }
*/
with buckets (position, bucket, from_days, to_days) as (
    values
    (1, 'up to 7 days', 0, 7),
    (2, '8 to 30 days', 8, 30),
    (3, '31 to 90 days', 31, 90),
    (4, '91 days to a year', 91, 365),
    (5, 'more than a year', 366, 1000000)
),

ours as (
    select
        findings.severity,
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
    buckets.bucket,
    count(*) filter (ours.severity = 'critical') as critical,
    count(*) filter (ours.severity = 'high') as high,
    count(*) filter (ours.severity = 'medium') as medium,
    count(*) filter (ours.severity = 'low') as low,
    count(*) filter (ours.severity = 'info') as info,
    count(ours.severity) as total,
    max(ours.age_days) as oldest_days
from buckets
left join ours
    on ours.age_days between buckets.from_days and buckets.to_days
where exists (select 1 from ours as someone)
group by buckets.position, buckets.bucket
order by buckets.position
