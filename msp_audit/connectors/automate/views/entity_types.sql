/*
grain = "one row per kind of entity that the settings declare a code for"

[columns]
entity_kind      = "computer, location, client, network_device or contact."
entity_type_code = "The code that the plugin's tables use for it (declared: it is not documented)."
*/
select
    landed.item.entity_kind,
    landed.item.entity_type_code
from (
    select from_json(records.payload, '{"entity_kind":"VARCHAR", "entity_type_code":"BIGINT"}') as item
    from landing.entity_types as records
) as landed
