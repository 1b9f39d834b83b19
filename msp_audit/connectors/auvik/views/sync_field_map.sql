/*
grain = "one row per field sync mapping, as declared"

[columns]
position    = "Its place in the declared list, from 1."
scope       = "all, or the name of a PSA configuration type."
auvik_field = "The field of the device in Auvik."
psa_field   = "The PSA field, or question: and the text of the question."
*/
select
    landed.item.position,
    clean(landed.item.scope) as scope,
    clean(landed.item.auvik_field) as auvik_field,
    clean(landed.item.psa_field) as psa_field
from (
    select
        from_json(
            records.payload,
            '{"position":"BIGINT", "scope":"VARCHAR", "auvik_field":"VARCHAR", "psa_field":"VARCHAR"}'
        ) as item
    from landing.sync_field_map as records
) as landed
