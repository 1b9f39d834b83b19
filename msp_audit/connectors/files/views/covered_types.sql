/*
grain = "one row per monitoring tool and PSA configuration type of which it should know every active one"

[columns]
tool                    = "The monitoring tool."
configuration_type_name = "The name of the configuration type, as the settings write it."
*/
select
    landed.item.tool as tool,
    clean(landed.item.configuration_type_name) as configuration_type_name
from (
    select from_json(records.payload, '{"tool":"VARCHAR","configuration_type_name":"VARCHAR"}') as item
    from landing.covered_types as records
) as landed
