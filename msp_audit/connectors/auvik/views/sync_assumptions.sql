/*
grain = "one row per point that the documents of Auvik's inventory sync leave open"

[columns]
assumption    = "Its number: A1 to A10."
setting       = "The setting below auvik.sync.assumptions that decides it."
open_point    = "What the documents do not say."
value         = "How it is read in this audit."
default_value = "How it is read unless the settings say otherwise."
value_list    = "The values, where the setting is a list of texts."
*/
select
    landed.item.assumption,
    landed.item.setting,
    landed.item.open_point,
    landed.item.value,
    landed.item.default_value,
    landed.item.value_list
from (
    select
        from_json(
            records.payload,
            '{"assumption":"VARCHAR", "setting":"VARCHAR", "open_point":"VARCHAR", "value":"VARCHAR",
             "default_value":"VARCHAR", "value_list":["VARCHAR"]}'
        ) as item
    from landing.sync_assumptions as records
) as landed
