/*
title = "Last complete readings"
empty = "No source is configured."
note  = "The last time that everything of a source was read completely."

[columns]
source           = { label = "Source", format = "source" }
last_complete_at = { label = "Last complete", format = "time" }
remark           = "Remark"
*/
select
    run_sources.source,
    if(
        count(*) filter (run_resources.verdict <> 'absent' and run_resources.last_complete_at is null) > 0,
        null,
        min(run_resources.last_complete_at) filter (run_resources.verdict <> 'absent')
    ) as last_complete_at,
    case
        when $is_for_customer then ''
        else concat_ws(
                '; ',
                case
                    when count(*) filter (run_resources.verdict not in ('complete', 'absent')) > 0
                        then (count(*) filter (run_resources.verdict not in ('complete', 'absent')))::varchar
                            || ' of '
                            || count(run_resources.resource)::varchar
                            || ' lists not complete this time'
                    when not bool_or(run_sources.is_new) then 'not read for this run'
                end,
                -- The connector counts them as the proof of the list of exclusions.
                max(run_resources.server_count) filter (
                    run_resources.resource = 'client_exclusions' and run_resources.server_count > 0
                )::varchar || ' clients left out by automate.exclude_clients'
            )
    end as remark
from audit.run_sources as run_sources
left join audit.run_resources as run_resources
    on
        run_sources.run_id = run_resources.run_id
        and run_sources.source = run_resources.source
where run_sources.run_id = $run_id
group by run_sources.source
order by list_position(['psa', 'automate', 'auvik'], run_sources.source), run_sources.source
