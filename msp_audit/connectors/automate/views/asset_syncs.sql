/*
grain = "one row per record of the plugin's last sync of an asset"

[columns]
entity_type_code = "The plugin's code for the kind of entity; ids overlap across kinds."
entity_kind      = "The kind that the settings give the code; null when they give none."
entity_id        = "The entity of Automate that was synced."
configuration_id = "The PSA configuration it was synced to; null when to none (nothing, 0 or negative)."
synced_at        = "When it was last synced."
*/
select
    landed.item.TargetType as entity_type_code,
    kinds.entity_kind,
    landed.item.LTTargetID as entity_id,
    case when landed.item.CWConfigRecID > 0 then landed.item.CWConfigRecID end as configuration_id,
    utc_from(landed.item.LastSync, clock.time_zone) as synced_at
from (
    select
        from_json(
            records.payload,
            '{"TargetType":"BIGINT", "LTTargetID":"BIGINT", "CWConfigRecID":"BIGINT", "LastSync":"VARCHAR"}'
        ) as item
    from landing.asset_syncs as records
) as landed
left join automate.list_ways as clock
    on clock.resource = 'asset_syncs'
left join automate.entity_types as kinds
    on landed.item.TargetType = kinds.entity_type_code
