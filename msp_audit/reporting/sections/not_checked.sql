/*
title = "Not checked"
empty = "Everything configured was read completely and every rule was judged."
note  = "A finding that could not be checked again stays open; it is never taken for resolved."

[columns]
name             = "What"
verdict          = { label = "State", format = "verdict" }
reason           = "Why, and what to do"
last_complete_at = { label = "Last complete", format = "time" }
*/
with lists as (
    select
        'list' as kind,
        run_resources.source as place,
        string_agg(replace(run_resources.resource, '_', ' '), ', ' order by run_resources.resource) as name,
        run_resources.verdict,
        run_resources.reason,
        count(*) as item_count,
        max(run_resources.last_complete_at) as last_complete_at
    from audit.run_resources as run_resources
    where
        run_resources.run_id = $run_id
        and run_resources.verdict <> 'complete'
        -- An optional list that no rule reads leaves nothing unchecked.
        and (run_resources.verdict <> 'absent' or coalesce(run_resources.is_needed, true))
    group by run_resources.source, run_resources.verdict, run_resources.reason
),

inputs as (
    select
        rule_runs.rule,
        -- What several tools could feed, and none is there: Auvik stands for all of them.
        if(
            starts_with(rule_runs.reason, 'None of '), 'auvik', split_part(unnest(rule_runs.inputs), '.', 1)
        ) as source
    from audit.rule_runs as rule_runs
    where
        rule_runs.run_id = $run_id
        and rule_runs.outcome = 'not_evaluated'
),

unread as (
    select
        inputs.rule,
        min(inputs.source) as source
    from inputs
    where
        inputs.source in ('psa', 'automate', 'auvik')
        and inputs.source not in (
            select run_sources.source
            from audit.run_sources as run_sources
            where run_sources.run_id = $run_id
        )
    group by inputs.rule
),

rules as (
    select
        'rule' as kind,
        rule_runs.rule as place,
        coalesce(rules.title, rule_runs.rule) as name,
        rule_runs.outcome as verdict,
        rule_runs.reason,
        1 as item_count,
        null::timestamp as last_complete_at
    from audit.rule_runs as rule_runs
    left join audit.rules as rules
        on rule_runs.rule = rules.rule
    where
        rule_runs.run_id = $run_id
        and rule_runs.outcome <> 'evaluated'
        and rule_runs.rule not in (select unread.rule from unread)
),

sources as (
    select
        'source' as kind,
        unread.source as place,
        count(*)::varchar || if(count(*) = 1, ' rule needs', ' rules need') || ' it' as name,
        'not configured' as verdict,
        'This source stands in no settings; its rules are left aside.' as reason,
        count(*) as item_count,
        null::timestamp as last_complete_at
    from unread
    group by unread.source
)

select
    found.kind,
    found.place,
    found.name,
    found.verdict,
    found.reason,
    found.item_count,
    found.last_complete_at
from (
    from lists
    union all by name
    from rules
    union all by name
    from sources
) as found
order by
    list_position(['list', 'rule', 'source'], found.kind),
    list_position(['refused', 'partial', 'shrunk', 'stale', 'absent'], found.verdict),
    found.place,
    found.name,
    found.reason
