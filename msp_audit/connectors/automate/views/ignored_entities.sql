/*
grain = "one row per entry of the plugin's ignore list"

[columns]
entity_type_code = "The plugin's code for the kind of entity."
entity_kind      = "The kind that the settings give the code; null when they give none."
entity_id        = "The ignored entity of Automate; null, 0 or negative when only the PSA side is ignored."
psa_record_id    = "The ignored record of the PSA; null when only the Automate side is ignored."
*/
select
    landed.item.TargetType as entity_type_code,
    kinds.entity_kind,
    landed.item.LTTargetID as entity_id,
    case when landed.item.CWTargetRecID > 0 then landed.item.CWTargetRecID end as psa_record_id
from (
    select
        from_json(
            records.payload,
            '{"TargetType":"BIGINT", "LTTargetID":"BIGINT", "CWTargetRecID":"BIGINT"}'
        ) as item
    from landing.ignored_entities as records
) as landed
left join automate.entity_types as kinds
    on landed.item.TargetType = kinds.entity_type_code
