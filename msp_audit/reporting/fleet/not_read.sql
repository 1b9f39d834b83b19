/* Lists that the latest run of an estate did not have completely, and why; lists of one reason together. */
select
    run_resources.source,
    run_resources.verdict,
    run_resources.reason,
    count(*) as list_count,
    string_agg(replace(run_resources.resource, '_', ' '), ', ' order by run_resources.resource) as lists
from audit.run_resources as run_resources
where
    run_resources.run_id = (
        select max(runs.run_id)
        from audit.runs as runs
        where runs.finished_at is not null
    )
    and run_resources.verdict not in ('complete', 'absent')
group by run_resources.source, run_resources.verdict, run_resources.reason
order by run_resources.source, run_resources.verdict, run_resources.reason
