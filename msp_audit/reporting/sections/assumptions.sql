/*
title = "Assumptions"
empty = "No rule has a setting."
note  = "What the rules were told to take for granted; each can be changed in the settings."

[columns]
title     = "Rule"
parameter = { label = "Setting", format = "label" }
value     = "Value"
*/
with current_params as (
    select
        history.rule,
        unnest(json_keys(history.params)) as parameter,
        history.params
    from audit.rule_history as history
    where
        history.from_run_id <= $run_id
        and (history.to_run_id is null or history.to_run_id > $run_id)
)

select
    coalesce(rules.title, current_params.rule) as title,
    current_params.parameter,
    json_extract_string(current_params.params, '$."' || current_params.parameter || '"') as value
from current_params
left join audit.rules as rules
    on current_params.rule = rules.rule
order by current_params.rule, current_params.parameter
