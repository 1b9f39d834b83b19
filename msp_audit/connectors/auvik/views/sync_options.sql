/*
grain = "one row: the switches of the inventory sync as declared in the settings"

[columns]
is_enabled                = "Enable Inventory Syncing."
uses_configuration_type   = "Whether a match must also have the configuration type of the device class."
only_matches_active       = "Whether only active configurations are matched."
updates_matched_as_active = "Status set on matched configurations; null when off."
is_managed_only           = "Whether only managed devices are synced."
inactive_on_delete        = "Status set when a device is deleted; null when off."
extra_classes             = "Device classes that Auvik has and this program does not know yet."
*/
select
    landed.item.is_enabled,
    landed.item.uses_configuration_type,
    landed.item.only_matches_active,
    clean(landed.item.updates_matched_as_active) as updates_matched_as_active,
    landed.item.is_managed_only,
    clean(landed.item.inactive_on_delete) as inactive_on_delete,
    landed.item.extra_classes
from (
    select
        from_json(
            records.payload,
            '{"is_enabled":"BOOLEAN", "uses_configuration_type":"BOOLEAN",
             "only_matches_active":"BOOLEAN", "updates_matched_as_active":"VARCHAR",
             "is_managed_only":"BOOLEAN", "inactive_on_delete":"VARCHAR",
             "extra_classes":["VARCHAR"]}'
        ) as item
    from landing.sync_options as records
) as landed
