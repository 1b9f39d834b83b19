/*
title = "In sync"
empty = "No rule that compares the systems was judged in this run."
note  = "Share of each system's records that the other one knows, and how it went over the last runs."
scope = ["all"]

[columns]
name        = "What"
known_count = { label = "In sync", format = "count" }
all_count   = { label = "Of", format = "count" }
known_share = { label = "Share", format = "share" }
change      = { label = "Since last run", format = "change" }
*/
with measures (rule, name, position) as (
    values
    ('sync.client_unsynced', 'Automate clients linked to a PSA company', 1),
    ('sync.location_unsynced', 'Automate locations linked to a PSA site', 2),
    ('sync.asset_unsynced', 'Automate computers synced to the PSA', 3),
    ('coverage.computer_without_configuration', 'Automate computers in use with a configuration', 4),
    ('coverage.device_without_configuration', 'Auvik devices with a configuration', 5)
),

shares as (
    select
        rule_runs.run_id,
        rule_runs.rule,
        rule_runs.subject_count,
        greatest(0, rule_runs.subject_count - rule_runs.finding_count) as known_count,
        greatest(0, 1 - rule_runs.finding_count / rule_runs.subject_count) as known_share
    from audit.rule_runs as rule_runs
    where
        rule_runs.run_id <= $run_id
        and rule_runs.outcome = 'evaluated'
        and rule_runs.subject_count > 0
),

histories as (
    select
        shares.rule,
        list(shares.known_share order by shares.run_id) as history
    from shares
    where shares.run_id > $run_id - 26
    group by shares.rule
)

select
    measures.name,
    shares.known_count,
    shares.subject_count as all_count,
    shares.known_share,
    round(shares.known_share - histories.history[-2], 4) as change,
    histories.history
from measures
inner join shares
    on measures.rule = shares.rule and shares.run_id = $run_id
inner join histories
    on measures.rule = histories.rule
order by measures.position
