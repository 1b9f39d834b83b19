/*
grain = "one row per line of Auvik's Inventory Mappings table, as it was last copied out of Auvik"

[columns]
domain_prefix      = "The tenant's domain prefix, in lower case."
device_name        = "The device's name in Auvik."
configuration_item = "What the table says in its column Configuration Item: the id of the PSA configuration; null when blank."
configuration_id   = "The same as a number; null when it is none."
state              = "Waiting for Online Time, Ready to Match, Matching in Progress or Mapped and Syncing."
line_count         = "Lines with this tenant and device name; more than one, and the line says nothing of a certain device."
copied_at          = "When the table was copied out of Auvik."
state_since_at     = "When the oldest copy was made that shows this state without another one since."
*/
with
told as (
    select
        records.key,
        records.to_at is null as is_current,
        from_json(
            records.payload,
            '{"domain_prefix":"VARCHAR", "device_name":"VARCHAR", "configuration_item":"VARCHAR",
             "state":"VARCHAR", "copied_at":"TIMESTAMP"}'
        ) as item
    from landing.inventory_mappings_history as records
),

current_lines as (
    select
        told.key,
        told.item
    from told
    where told.is_current
),

changes as (
    select
        current_lines.key,
        max(told.item.copied_at) as other_state_at
    from current_lines
    inner join told
        on
            current_lines.key = told.key
            and current_lines.item.state <> told.item.state
            and current_lines.item.copied_at >= told.item.copied_at
    group by current_lines.key
),

since as (
    select
        current_lines.key,
        min(told.item.copied_at) as state_since_at
    from current_lines
    left join changes
        on current_lines.key = changes.key
    inner join told
        on
            current_lines.key = told.key
            and current_lines.item.state = told.item.state
            and coalesce(changes.other_state_at < told.item.copied_at, true)
    group by current_lines.key
)

select
    lower(clean(current_lines.item.domain_prefix)) as domain_prefix,
    clean(current_lines.item.device_name) as device_name,
    clean(current_lines.item.configuration_item) as configuration_item,
    try_cast(clean(current_lines.item.configuration_item) as bigint) as configuration_id,
    current_lines.item.state,
    count(*) over (
        partition by
            lower(clean(current_lines.item.domain_prefix)),
            lower(clean(current_lines.item.device_name))
    ) as line_count,
    current_lines.item.copied_at,
    since.state_since_at
from current_lines
left join since
    on current_lines.key = since.key
