/*
grain = "one row per Auvik device: what the inventory sync will do with it, and why"

[columns]
device_id               = "The Auvik device."
tenant_id               = "Its tenant."
company_id              = "The PSA company of the tenant; null when it is not mapped."
outcome                 = "match, create, ambiguous, blocked, excluded or waiting."
cause                   = "Why, in one word."
reason                  = "Why, in a sentence."
identifier              = "The identifier that decided: serial_number, device_name, host_name or device_id; null when none did."
is_approximate          = "Whether a host name decided, which the API does not show; the device name stood for it."
configuration_id        = "The PSA configuration of a match; for an ambiguous one the first of several."
configuration_count     = "Configurations that the deciding identifier finds."
configuration_type_name = "The configuration type of its device class, as declared; null when the class is not mapped."
linked_configuration_id = "The one configuration that carries its device ID; null when none or several do."
identified_configuration_id = "The one configuration that its identifiers lead to, whatever carries its device ID; null when none or several."
is_in_scope             = "Whether the sync looks at the device at all: mapped, ticked, and managed where only managed ones count."
state                   = "The state that Auvik's Inventory Mappings should show; null when the device is excluded."
if_enabled              = "Outcome if Enable Inventory Syncing were flipped; null when it would be the same."
if_managed_only         = "Outcome if Sync only managed devices were flipped; null when it would be the same."
if_only_match_active    = "Outcome if Only Match to Active Configurations were flipped; null when it would be the same."
if_use_configuration_type = "Outcome if Use Configuration Type When Matching were flipped; null when it would be the same."
if_identifiers          = "Outcome if the identifiers were tried in the other order; null when it would be the same."
if_inventory            = "Outcome if the site mapping's inventory box were flipped; null when it would be the same."
*/
with
flips as (
    select
        flips.device_id,
        max(flips.outcome) filter (where flips.flipped_option = 'enabled') as if_enabled,
        max(flips.outcome) filter (where flips.flipped_option = 'managed_only') as if_managed_only,
        max(flips.outcome) filter (where flips.flipped_option = 'only_match_active') as if_only_match_active,
        max(flips.outcome) filter (
            where flips.flipped_option = 'use_configuration_type_when_matching'
        ) as if_use_configuration_type,
        max(flips.outcome) filter (where flips.flipped_option = 'identifiers') as if_identifiers,
        max(flips.outcome) filter (where flips.flipped_option = 'inventory') as if_inventory
    from core.auvik_prediction_flips as flips
    group by flips.device_id
),

class_map as (
    select
        class_map.device_type,
        min(class_map.configuration_type_name) as configuration_type_name
    from auvik.sync_class_map as class_map
    group by class_map.device_type
),

identified as (
    select
        hits.device_id,
        min_by(
            case
                when
                    case
                        when
                            terms.only_matches_active and terms.uses_configuration_type
                            then hits.active_typed_count
                        when terms.only_matches_active then hits.active_count
                        when terms.uses_configuration_type then hits.typed_count
                        else hits.any_count
                    end = 1
                    then case
                            when terms.only_matches_active and terms.uses_configuration_type
                                then hits.active_typed_configuration_id
                            when terms.only_matches_active then hits.active_configuration_id
                            when terms.uses_configuration_type then hits.typed_configuration_id
                            else hits.any_configuration_id
                        end
                else -1
            end, hits.priority
        ) as configuration_id
    from core.auvik_identifier_hits as hits
    cross join core.auvik_terms as terms
    where
        case
            when terms.only_matches_active and terms.uses_configuration_type then hits.active_typed_count
            when terms.only_matches_active then hits.active_count
            when terms.uses_configuration_type then hits.typed_count
            else hits.any_count
        end > 0
    group by hits.device_id
),

told as (
    select
        outcomes.device_id,
        devices.tenant_id,
        links.company_id,
        outcomes.outcome,
        outcomes.cause,
        outcomes.identifier,
        outcomes.configuration_id,
        outcomes.configuration_count,
        class_map.configuration_type_name,
        linked.configuration_id as linked_configuration_id,
        nullif(identified.configuration_id, -1) as identified_configuration_id,
        devices.device_type,
        configurations.name as configuration_name,
        case outcomes.identifier
            when 'serial_number' then 'serial number'
            when 'device_name' then 'device name'
            when 'host_name' then 'host name'
        end as identifier_words,
        case
            when outcomes.identifier = 'serial_number' then clean(devices.serial_number)
            when outcomes.identifier in ('device_name', 'host_name') then devices.name
        end as value
    from core.auvik_outcomes as outcomes
    inner join auvik.devices as devices
        on outcomes.device_id = devices.device_id
    left join core.tenant_links as links
        on devices.tenant_id = links.tenant_id
    left join class_map
        on devices.device_type = class_map.device_type
    left join core.auvik_device_ids as linked
        on
            outcomes.device_id = linked.device_id
            and linked.is_sole
    left join identified
        on outcomes.device_id = identified.device_id
    left join psa.configurations as configurations
        on outcomes.configuration_id = configurations.configuration_id
    where outcomes.flipped_option = 'declared'
)

select
    told.device_id,
    told.tenant_id,
    told.company_id,
    told.outcome,
    told.cause,
    case told.cause
        when 'sync_disabled' then 'Inventory syncing is switched off.'
        when 'tenant_is_folder' then 'Its tenant is a folder of tenants, which is not synced.'
        when 'tenant_unmapped' then 'Its tenant is not mapped to a PSA company.'
        when 'site_inventory_off' then 'The inventory box of its tenant''s site mapping is not ticked.'
        when 'unmanaged' then 'It is not managed, and only managed devices are synced.'
        when 'no_identifier' then 'None of the device identifiers has a value.'
        when 'not_online_yet' then 'It has not been online yet, so the sync waits.'
        when 'class_unmapped'
            then 'No configuration matches, and its device class '
                || coalesce(told.device_type, '(none)') || ' has no configuration type.'
        when 'several_configurations'
            then told.configuration_count || ' configurations carry its ' || told.identifier_words || ' '
                || coalesce(told.value, '') || '; the documents do not say which is taken.'
        when 'no_configuration'
            then 'No configuration matches, so one of the type '
                || coalesce(told.configuration_type_name, '(none)') || ' will be created.'
        when 'device_id'
            then 'The configuration ' || coalesce(told.configuration_name, '(no name)')
                || ' carries its Auvik device ID.'
        else 'Its ' || told.identifier_words || ' ' || coalesce(told.value, '')
            || ' is that of the configuration ' || coalesce(told.configuration_name, '(no name)') || '.'
    end as reason,
    told.identifier,
    coalesce(told.identifier = 'host_name', false) as is_approximate,
    told.configuration_id,
    told.configuration_count,
    told.configuration_type_name,
    told.linked_configuration_id,
    told.identified_configuration_id,
    told.outcome <> 'excluded' or told.cause = 'no_identifier' as is_in_scope,
    case
        when told.outcome = 'excluded' then null
        when told.outcome = 'waiting' then 'Waiting for Online Time'
        when told.cause = 'device_id' then 'Mapped and Syncing'
        else 'Ready to Match'
    end as state,
    flips.if_enabled,
    flips.if_managed_only,
    flips.if_only_match_active,
    flips.if_use_configuration_type,
    flips.if_identifiers,
    flips.if_inventory
from told
left join flips
    on told.device_id = flips.device_id
