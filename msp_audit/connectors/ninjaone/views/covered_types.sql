/*
grain = "one row per PSA configuration type of which NinjaOne should know every active one"

[columns]
configuration_type_name = "The name of the configuration type, as the settings write it."
*/
select clean(landed.item.configuration_type_name) as configuration_type_name
from (
    select from_json(records.payload, '{"configuration_type_name":"VARCHAR"}') as item
    from landing.covered_types as records
) as landed
