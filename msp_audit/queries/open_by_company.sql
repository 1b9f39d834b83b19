/*
title = "Open findings of each company, by severity"
why   = "Where to begin: the company that has most of what is worst comes first."
*/
select
    findings.company_name,
    count(*) filter (findings.severity in ('critical', 'high')) as high,
    count(*) filter (findings.severity = 'medium') as medium,
    count(*) filter (findings.severity in ('low', 'info')) as low,
    min(findings.first_seen_at)::date as oldest_on
from audit.findings as findings
where findings.detection <> 'resolved' and findings.parent_finding_id is null
group by findings.company_name
order by high desc, medium desc, low desc, findings.company_name
