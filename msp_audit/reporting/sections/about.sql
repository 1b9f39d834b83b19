/*
title = "About"
empty = "Nothing is known about this run."
note  = "All times are UTC. Findings that another one explains are folded under it: counted, kept in the workbook, not listed. Findings that people set aside are counted, not listed."

[columns]
name  = "What"
value = "Value"
*/
with facts as (
    select
        1 as position,
        'Run' as name,
        runs.run_id::varchar as value
    from audit.runs as runs
    where runs.run_id = $run_id
    union all
    select
        2 as position,
        'Judged as of' as name,
        strftime(runs.as_of, '%Y-%m-%d %H:%M') || ' UTC' as value
    from audit.runs as runs
    where runs.run_id = $run_id
    union all
    select
        3 as position,
        'Program' as name,
        'msp-audit ' || runs.program_version as value
    from audit.runs as runs
    where runs.run_id = $run_id
    union all
    select
        4 as position,
        'Rules' as name,
        count(*)::varchar
        || ' (' || count(*) filter (rules.origin <> 'built-in')::varchar || ' of the workspace)' as value
    from audit.rule_runs as rule_runs
    left join audit.rules as rules
        on rule_runs.rule = rules.rule
    where rule_runs.run_id = $run_id
    union all
    select
        5 as position,
        'Reading of ' || case run_sources.source
            when 'psa' then 'ConnectWise PSA'
            when 'automate' then 'ConnectWise Automate'
            when 'auvik' then 'Auvik'
            when 'ninjaone' then 'NinjaOne'
            when 'files' then 'Other tools'
            else run_sources.source
        end as name,
        if(
            run_sources.snapshot_id is null,
            'never read',
            strftime(run_sources.read_at, '%Y-%m-%d %H:%M') || ' UTC, snapshot '
            || run_sources.snapshot_id::varchar || if(run_sources.is_new, '', ', as in the run before')
        ) as value
    from audit.run_sources as run_sources
    where run_sources.run_id = $run_id
    union all
    -- The connector counts them as the proof of the list of exclusions.
    select
        6 as position,
        'Automate clients left out' as name,
        exclusions.server_count::varchar || ' (automate.exclude_clients in the settings)' as value
    from audit.run_resources as exclusions
    where
        exclusions.run_id = $run_id
        and exclusions.source = 'automate'
        and exclusions.resource = 'client_exclusions'
        and exclusions.server_count > 0
)

select
    facts.name,
    facts.value
from facts
order by facts.position, facts.name
