/*
grain = "one row per Auvik device and way of setting the sync's options: as declared, and with each one flipped"

[columns]
device_id              = "The Auvik device."
flipped_option         = "declared, or the option that is turned to its opposite; identifiers means their order, inventory the box of the site mapping."
outcome                = "match, create, ambiguous, blocked, excluded or waiting."
cause                  = "Why, in one word: what excludes or blocks the device, or what decided."
identifier             = "The identifier that decided, or device_id; null when none did."
configuration_id       = "The PSA configuration of a match; for an ambiguous one the first of several."
configuration_count    = "Configurations that the deciding identifier finds."
configuration_type_key = "The configuration type that would be created, in lower case."
*/
with
terms as (
    select
        terms.is_enabled,
        terms.is_managed_only,
        terms.only_matches_active,
        terms.uses_configuration_type,
        terms.second_identifier,
        terms.link_persists,
        terms.several_matches = 'ambiguous' as leaves_open,
        terms.unmapped_class_stops = 'matching' as needs_class
    from core.auvik_terms as terms
),

variants as (
    select
        options.flipped_option,
        coalesce(terms.is_enabled, false) <> (options.flipped_option = 'enabled') as is_enabled,
        coalesce(terms.is_managed_only, false)
        <> (options.flipped_option = 'managed_only') as is_managed_only,
        coalesce(terms.only_matches_active, false)
        <> (options.flipped_option = 'only_match_active') as only_matches_active,
        coalesce(terms.uses_configuration_type, false)
        <> (options.flipped_option = 'use_configuration_type_when_matching') as uses_configuration_type,
        options.flipped_option = 'identifiers' as is_reversed,
        options.flipped_option = 'inventory' as flips_inventory
    from (
        select
            unnest([
                'declared', 'enabled', 'managed_only', 'only_match_active',
                'use_configuration_type_when_matching', 'identifiers', 'inventory',
            ]) as flipped_option
    ) as options
    cross join terms
    where
        options.flipped_option <> 'identifiers'
        or terms.second_identifier is not null
),

class_map as (
    select
        class_map.device_type,
        lower(min(class_map.configuration_type_name)) as type_key
    from auvik.sync_class_map as class_map
    group by class_map.device_type
),

hits as (
    select
        hits.device_id,
        hits.priority,
        hits.auvik_field,
        {
            'any_count': hits.any_count,
            'active_count': hits.active_count,
            'typed_count': hits.typed_count,
            'active_typed_count': hits.active_typed_count,
            'any_id': hits.any_configuration_id,
            'active_id': hits.active_configuration_id,
            'typed_id': hits.typed_configuration_id,
            'active_typed_id': hits.active_typed_configuration_id
        } as found
    from core.auvik_identifier_hits as hits
),

devices as (
    select
        devices.device_id,
        coalesce(tenants.tenant_type = 'multiClient', false) as is_in_folder,
        links.tenant_id is not null as is_mapped,
        coalesce(links.syncs_inventory, false) as syncs_inventory,
        coalesce(devices.is_managed, false) as is_managed,
        -- The API has no such field: seen once, or online now.
        devices.last_seen_at is not null
        or coalesce(devices.online_status = 'online', false) as has_been_online,
        class_map.type_key,
        linked.configuration_id as linked_configuration_id,
        first_hits.auvik_field as first_field,
        first_hits.found as first_found,
        second_hits.auvik_field as second_field,
        second_hits.found as second_found
    from auvik.devices as devices
    left join auvik.tenants as tenants
        on devices.tenant_id = tenants.tenant_id
    left join core.tenant_links as links
        on devices.tenant_id = links.tenant_id
    left join class_map
        on devices.device_type = class_map.device_type
    left join core.auvik_device_ids as linked
        on
            devices.device_id = linked.device_id
            and linked.is_sole
    left join hits as first_hits
        on
            devices.device_id = first_hits.device_id
            and first_hits.priority = 1
    left join hits as second_hits
        on
            devices.device_id = second_hits.device_id
            and second_hits.priority = 2
),

tried as (
    select
        devices.device_id,
        variants.flipped_option,
        devices.type_key,
        case
            when not variants.is_enabled then 'sync_disabled'
            when devices.is_in_folder then 'tenant_is_folder'
            when not devices.is_mapped then 'tenant_unmapped'
            when devices.syncs_inventory = variants.flips_inventory then 'site_inventory_off'
            when variants.is_managed_only and not devices.is_managed then 'unmanaged'
            when terms.link_persists and devices.linked_configuration_id is not null then 'device_id'
            when devices.first_field is null and devices.second_field is null then 'no_identifier'
            when not devices.has_been_online then 'not_online_yet'
            when terms.needs_class and devices.type_key is null then 'class_unmapped'
        end as early_cause,
        devices.linked_configuration_id,
        case when variants.is_reversed then devices.second_field else devices.first_field end as field_1,
        case when variants.is_reversed then devices.first_field else devices.second_field end as field_2,
        case when variants.is_reversed then devices.second_found else devices.first_found end as found_1,
        case when variants.is_reversed then devices.first_found else devices.second_found end as found_2,
        variants.only_matches_active,
        variants.uses_configuration_type,
        terms.leaves_open
    from devices
    cross join variants
    cross join terms
),

counted as (
    select
        tried.device_id,
        tried.flipped_option,
        tried.type_key,
        tried.early_cause,
        tried.linked_configuration_id,
        tried.field_1,
        tried.field_2,
        tried.leaves_open,
        coalesce(
            case
                when
                    tried.only_matches_active and tried.uses_configuration_type
                    then tried.found_1.active_typed_count
                when tried.only_matches_active then tried.found_1.active_count
                when tried.uses_configuration_type then tried.found_1.typed_count
                else tried.found_1.any_count
            end, 0
        ) as count_1,
        case
            when
                tried.only_matches_active and tried.uses_configuration_type
                then tried.found_1.active_typed_id
            when tried.only_matches_active then tried.found_1.active_id
            when tried.uses_configuration_type then tried.found_1.typed_id
            else tried.found_1.any_id
        end as id_1,
        coalesce(
            case
                when
                    tried.only_matches_active and tried.uses_configuration_type
                    then tried.found_2.active_typed_count
                when tried.only_matches_active then tried.found_2.active_count
                when tried.uses_configuration_type then tried.found_2.typed_count
                else tried.found_2.any_count
            end, 0
        ) as count_2,
        case
            when
                tried.only_matches_active and tried.uses_configuration_type
                then tried.found_2.active_typed_id
            when tried.only_matches_active then tried.found_2.active_id
            when tried.uses_configuration_type then tried.found_2.typed_id
            else tried.found_2.any_id
        end as id_2
    from tried
),

decided as (
    select
        counted.device_id,
        counted.flipped_option,
        counted.type_key,
        counted.early_cause,
        counted.linked_configuration_id,
        counted.leaves_open,
        case when counted.count_1 > 0 then counted.field_1 when counted.count_2 > 0 then counted.field_2 end
            as field,
        case when counted.count_1 > 0 then counted.count_1 else counted.count_2 end as found_count,
        case when counted.count_1 > 0 then counted.id_1 when counted.count_2 > 0 then counted.id_2 end
            as found_id
    from counted
)

select
    decided.device_id,
    decided.flipped_option,
    case
        when decided.early_cause = 'device_id' then 'match'
        when decided.early_cause = 'not_online_yet' then 'waiting'
        when decided.early_cause = 'class_unmapped' then 'blocked'
        when decided.early_cause is not null then 'excluded'
        when decided.found_count > 1 and decided.leaves_open then 'ambiguous'
        when decided.found_count > 0 then 'match'
        when decided.type_key is null then 'blocked'
        else 'create'
    end as outcome,
    case
        when decided.early_cause is not null then decided.early_cause
        when decided.found_count > 1 and decided.leaves_open then 'several_configurations'
        when decided.found_count > 0 then decided.field
        when decided.type_key is null then 'class_unmapped'
        else 'no_configuration'
    end as cause,
    case
        when decided.early_cause = 'device_id' then 'device_id'
        when decided.early_cause is null then decided.field
    end as identifier,
    case
        when decided.early_cause = 'device_id' then decided.linked_configuration_id
        when decided.early_cause is null then decided.found_id
    end as configuration_id,
    case
        when decided.early_cause = 'device_id' then 1
        when decided.early_cause is null then decided.found_count
        else 0
    end as configuration_count,
    case
        when decided.early_cause is null and decided.found_count = 0 then decided.type_key
    end as configuration_type_key
from decided
