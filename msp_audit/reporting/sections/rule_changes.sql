/*
title = "Changes of rules"
empty = "The rules are the same as in the run before."
note  = "A rule that changed may open or resolve findings although no record did."

[columns]
title = "Rule"
event = { label = "Change", format = "label" }
rule  = { label = "Name", faces = ["html", "xlsx"] }
*/
select
    coalesce(rules.title, rule_events.rule) as title,
    rule_events.event,
    rule_events.rule
from audit.rule_events as rule_events
left join audit.rules as rules
    on rule_events.rule = rules.rule
where rule_events.run_id = $run_id
order by rule_events.event, rule_events.rule
