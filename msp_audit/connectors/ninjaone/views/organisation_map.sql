/*
grain = "one row per NinjaOne organisation that the settings map to a PSA company"

[columns]
organisation_id = "The organisation; whether NinjaOne has it or not."
company_id      = "The PSA company."
*/
select
    landed.item.organisation_id as organisation_id,
    landed.item.company_id as company_id
from (
    select from_json(records.payload, '{"organisation_id":"VARCHAR","company_id":"BIGINT"}') as item
    from landing.organisation_map as records
) as landed
