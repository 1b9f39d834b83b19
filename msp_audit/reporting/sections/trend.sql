/*
title = "Trend"
empty = "No run has been counted yet."
note  = "Open findings at the end of each run, and below what came and went in it; folded ones are not counted."

[columns]
as_of    = { label = "Run", format = "date" }
critical = { label = "Critical", format = "count" }
high     = { label = "High", format = "count" }
medium   = { label = "Medium", format = "count" }
low      = { label = "Low", format = "count" }
info     = { label = "Info", format = "count" }
total    = { label = "Open", format = "count" }
appeared = { label = "Appeared", format = "count" }
resolved = { label = "Resolved", format = "count" }
*/
with recent as (
    select
        max(runs.run_id) as run_id,
        runs.as_of
    from audit.runs as runs
    where runs.run_id <= $run_id
    group by runs.as_of
    order by runs.as_of desc
    limit 26
)

select
    recent.run_id,
    recent.as_of,
    coalesce(sum(run_counts.open_count) filter (run_counts.severity = 'critical'), 0)::bigint as critical,
    coalesce(sum(run_counts.open_count) filter (run_counts.severity = 'high'), 0)::bigint as high,
    coalesce(sum(run_counts.open_count) filter (run_counts.severity = 'medium'), 0)::bigint as medium,
    coalesce(sum(run_counts.open_count) filter (run_counts.severity = 'low'), 0)::bigint as low,
    coalesce(sum(run_counts.open_count) filter (run_counts.severity = 'info'), 0)::bigint as info,
    coalesce(sum(run_counts.open_count), 0)::bigint as total,
    coalesce(sum(run_counts.new_count + run_counts.reopened_count), 0)::bigint as appeared,
    coalesce(sum(run_counts.resolved_count), 0)::bigint as resolved
from recent
left join audit.run_counts as run_counts
    on
        recent.run_id = run_counts.run_id
        and ($company_id::bigint is null or run_counts.company_id = $company_id::bigint)
        and ($rules::varchar[] is null or list_contains($rules::varchar[], run_counts.rule))
group by recent.run_id, recent.as_of
order by recent.as_of
