/*
title = "Lists that the latest run did not have complete"
why   = "Before you believe that something is not there: was it looked for?"
*/
select
    resources.source,
    resources.resource,
    resources.verdict,
    resources.reason,
    resources.last_complete_at
from audit.run_resources as resources
where
    resources.run_id = (select max(runs.run_id) from audit.runs as runs)
    and resources.verdict <> 'complete'
    and (resources.verdict <> 'absent' or coalesce(resources.is_needed, true))
order by resources.source, resources.resource
