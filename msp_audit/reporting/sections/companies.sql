/*
title = "Companies"
empty = "No company has an open finding."
note  = "Worst first. A company without open findings is not listed."

[columns]
company_name = "Company"
critical     = { label = "Critical", format = "count" }
high         = { label = "High", format = "count" }
medium       = { label = "Medium", format = "count" }
low          = { label = "Low", format = "count" }
info         = { label = "Info", format = "count" }
total        = { label = "Open", format = "count" }
oldest_days  = { label = "Oldest", format = "days" }
*/
select
    findings.company_id,
    coalesce(max(findings.company_name), if(
        findings.company_id is null, 'Not tied to a company', 'Company ' || findings.company_id::varchar
    )) as company_name,
    count(*) filter (findings.severity = 'critical') as critical,
    count(*) filter (findings.severity = 'high') as high,
    count(*) filter (findings.severity = 'medium') as medium,
    count(*) filter (findings.severity = 'low') as low,
    count(*) filter (findings.severity = 'info') as info,
    count(*) as total,
    max(date_diff('day', findings.first_seen_at, $as_of::timestamp)) as oldest_days
from audit.findings as findings
where
    findings.detection <> 'resolved'
    and findings.parent_finding_id is null
    and findings.triage <> 'suppressed'
    and list_contains($severities::varchar[], findings.severity)
    and ($company_id::bigint is null or findings.company_id = $company_id::bigint)
    and ($rules::varchar[] is null or list_contains($rules::varchar[], findings.rule))
group by findings.company_id
order by
    findings.company_id is null,
    critical desc,
    high desc,
    medium desc,
    low desc,
    info desc,
    company_name,
    findings.company_id
