/*
title = "Sources"
empty = "No source was read for this run."
note  = "What was read, and the proof that it is whole. A reading that is not complete resolves nothing."
group = ["source"]

[columns]
resource         = { label = "List", format = "label" }
verdict          = { label = "Verdict", format = "verdict" }
row_count        = { label = "Rows", format = "count" }
server_count     = { label = "Server says", format = "count" }
page_count       = { label = "Pages", format = "count", faces = ["html", "xlsx"] }
retry_count      = { label = "Retries", format = "count", faces = ["html", "xlsx"] }
last_complete_at = { label = "Last complete", format = "time" }
*/
select
    run_resources.source,
    run_resources.resource,
    run_resources.verdict,
    run_resources.reason,
    run_resources.row_count,
    run_resources.server_count,
    run_resources.page_count,
    run_resources.request_count,
    run_resources.retry_count,
    run_resources.elapsed_seconds,
    run_resources.last_complete_at,
    run_sources.read_at
from audit.run_resources as run_resources
left join audit.run_sources as run_sources
    on
        run_resources.run_id = run_sources.run_id
        and run_resources.source = run_sources.source
where run_resources.run_id = $run_id
order by
    list_position(['psa', 'automate', 'auvik'], run_resources.source),
    run_resources.source,
    run_resources.resource
