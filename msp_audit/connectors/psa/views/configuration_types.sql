/*
grain = "one row per type of configuration"

[columns]
configuration_type_id = "The type's record id."
name                  = "Name of the type."
is_inactive           = "Retired."
is_system             = "Made by PSA itself; some of these cannot be written over the API."
*/
select
    landed.item.id as configuration_type_id,
    clean(landed.item.name) as name,
    landed.item.inactiveflag as is_inactive,
    landed.item.systemflag as is_system
from (
    select from_json(records.payload, '{
        "id": "BIGINT",
        "name": "VARCHAR",
        "inactiveFlag": "BOOLEAN",
        "systemFlag": "BOOLEAN"
    }') as item
    from landing.configuration_types as records
) as landed
where landed.item.id is not null
