/*
title = "In order"
empty = "No rule with a counted subject was judged in this run."
note  = "Share of each rule's subject that the rule has nothing to say about."
scope = ["all"]

[columns]
subject        = { label = "Subject", format = "relation" }
title          = "Rule"
subject_count  = { label = "Examined", format = "count" }
finding_count  = { label = "Found", format = "count" }
in_order_share = { label = "In order", format = "share" }
*/
select
    rules.subject,
    rules.rule,
    rules.title,
    rule_runs.subject_count,
    rule_runs.finding_count,
    greatest(0, 1 - rule_runs.finding_count / rule_runs.subject_count) as in_order_share
from audit.rule_runs as rule_runs
inner join audit.rules as rules
    on rule_runs.rule = rules.rule
where
    rule_runs.run_id = $run_id
    and rule_runs.outcome = 'evaluated'
    and rule_runs.subject_count > 0
order by rules.subject, in_order_share, rules.rule
