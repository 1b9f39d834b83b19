/*
title = "How the documents of Auvik's sync were read"
empty = "The settings declare no inventory sync."
note  = "Points that the vendor's documents leave open. Each can be changed in [auvik.sync.assumptions]."

[columns]
assumption = "No."
open_point = "Open point"
value      = "Read as"
is_default = "As shipped"
*/
select
    assumptions.assumption,
    assumptions.open_point,
    assumptions.value,
    if(assumptions.value = assumptions.default_value, 'yes', 'no') as is_default
from auvik.sync_assumptions as assumptions
order by try_cast(substr(assumptions.assumption, 2) as integer)
