/*
grain = "one row per organisation that the settings map to a PSA company"

[columns]
tool            = "The monitoring tool."
organisation_id = "Its organisation; whether the tool has it or not."
company_id      = "The PSA company."
*/
select
    landed.item.tool as tool,
    landed.item.organisation_id as organisation_id,
    landed.item.company_id as company_id
from (
    select
        from_json(
            records.payload, '{"tool":"VARCHAR","organisation_id":"VARCHAR","company_id":"BIGINT"}'
        ) as item
    from landing.organisation_map as records
) as landed
