/*
title = "Set aside"
empty = "Nobody set anything aside."
note  = "Findings that people acknowledged or suppressed, why, and until when. What has ended, or ends soon, comes first."
scope = ["all"]

[columns]
standing    = "State"
about       = "What"
match_count = { label = "Findings", format = "count" }
reason      = "Reason"
author      = "By"
ends_on     = { label = "Until", format = "date" }
*/
select
    case
        when suppressions.is_expired then 'ended'
        when suppressions.ends_soon then 'ends soon'
        else suppressions.triage
    end as standing,
    concat_ws(
        ', ',
        coalesce(rules.title, suppressions.rule),
        coalesce(findings.entity_name, suppressions.finding),
        'company ' || suppressions.company_id::varchar,
        suppressions.predicate
    ) as about,
    suppressions.match_count,
    suppressions.reason,
    suppressions.author,
    suppressions.ends_on,
    suppressions.suppression_id
from audit.suppressions as suppressions
left join audit.rules as rules
    on suppressions.rule = rules.rule
left join audit.findings as findings
    on suppressions.finding = findings.finding_id
where suppressions.run_id = $run_id
order by
    suppressions.is_expired desc,
    suppressions.ends_soon desc,
    suppressions.ends_on,
    suppressions.suppression_id
