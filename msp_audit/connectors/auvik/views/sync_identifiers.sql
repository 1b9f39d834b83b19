/*
grain = "one row per identifier of the inventory sync, as declared"

[columns]
priority    = "1 is compared first; the first hit wins."
auvik_field = "serial_number, device_name or host_name."
psa_field   = "The configuration field it is compared with: serial_number or name."
*/
select
    landed.item.priority,
    landed.item.auvik_field,
    landed.item.psa_field
from (
    select
        from_json(
            records.payload,
            '{"priority":"BIGINT", "auvik_field":"VARCHAR", "psa_field":"VARCHAR"}'
        ) as item
    from landing.sync_identifiers as records
) as landed
