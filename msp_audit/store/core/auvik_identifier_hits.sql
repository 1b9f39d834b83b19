/*
grain = "one row per Auvik device of a mapped tenant and identifier that is declared and not blank"

[columns]
device_id                = "The Auvik device."
priority                 = "1 for the identifier that is tried first."
auvik_field              = "serial_number, device_name or host_name; the API knows no host name, so the device name stands for it."
value                    = "What is compared."
company_id               = "The mapped PSA company."
type_key                 = "The configuration type of its device class in lower case; null when the class is not mapped."
any_count                = "Configurations that carry the value."
active_count             = "… of these, active ones."
typed_count              = "… of these, of the mapped configuration type."
active_typed_count       = "… of these, active and of the mapped type."
any_configuration_id     = "The one that would be taken of any_count."
active_configuration_id  = "The one that would be taken of active_count."
typed_configuration_id   = "The one that would be taken of typed_count."
active_typed_configuration_id = "The one that would be taken of active_typed_count."
*/
with
terms as (
    select
        terms.first_identifier,
        terms.second_identifier,
        terms.names_match_any_case,
        terms.several_matches,
        terms.searches_all_companies,
        terms.blank_identifiers
    from core.auvik_terms as terms
),

class_map as (
    select
        class_map.device_type,
        lower(min(class_map.configuration_type_name)) as type_key
    from auvik.sync_class_map as class_map
    group by class_map.device_type
),

devices as (
    select
        devices.device_id,
        links.company_id,
        class_map.type_key,
        clean(devices.serial_number) as serial_number,
        devices.name
    from auvik.devices as devices
    inner join core.tenant_links as links
        on devices.tenant_id = links.tenant_id
    left join class_map
        on devices.device_type = class_map.device_type
),

fields as (
    select
        1 as priority,
        terms.first_identifier as auvik_field
    from terms
    where terms.first_identifier is not null
    union all
    select
        2 as priority,
        terms.second_identifier as auvik_field
    from terms
    where terms.second_identifier is not null
),

asked as (
    select
        devices.device_id,
        devices.company_id,
        devices.type_key,
        fields.priority,
        fields.auvik_field,
        case when fields.auvik_field = 'serial_number' then devices.serial_number else devices.name end
            as value,
        case
            when fields.auvik_field = 'serial_number' then 's' || lower(devices.serial_number)
            when terms.names_match_any_case then 'n' || lower(devices.name)
            else 'n' || devices.name
        end as compared,
        case when not terms.searches_all_companies then devices.company_id end as searched_company_id
    from devices
    cross join fields
    cross join terms
    where
        not list_contains(
            terms.blank_identifiers,
            lower(
                case
                    when fields.auvik_field = 'serial_number' then devices.serial_number else devices.name
                end
            )
        )
),

-- Both fields of a configuration under one name; the letter keeps serial numbers and names apart.
carried as (
    select
        configurations.configuration_id,
        configurations.is_active,
        lower(configurations.configuration_type_name) as type_key,
        configurations.created_at,
        configurations.updated_at,
        case when not terms.searches_all_companies then configurations.company_id end as searched_company_id,
        unnest(
            [
                's' || lower(clean(configurations.serial_number)),
                'n' || case
                    when terms.names_match_any_case then lower(configurations.name)
                    else configurations.name
                end,
            ]
        ) as compared
    from psa.configurations as configurations
    cross join terms
    where
        terms.searches_all_companies
        or configurations.company_id is not null
),

-- Only what some device asks for; grouped before joined, for a filler stands on thousands.
wanted as (
    select
        carried.configuration_id,
        coalesce(carried.is_active, false) as is_active,
        carried.type_key,
        carried.searched_company_id,
        carried.compared,
        -- What is taken when there are several: the smallest. Ambiguous ones are named by it too.
        case terms.several_matches
            when 'oldest' then coalesce(epoch_us(carried.created_at), 9223372036854775807)
            when 'latest' then -coalesce(epoch_us(carried.updated_at), 0)
            else 0
        end as rank
    from carried
    cross join terms
    semi join asked
        on
            carried.compared = asked.compared
            and carried.searched_company_id is not distinct from asked.searched_company_id
),

by_value as (
    select
        wanted.searched_company_id,
        wanted.compared,
        count(*) as any_count,
        count(*) filter (where wanted.is_active) as active_count,
        arg_min(wanted.configuration_id, (wanted.rank, wanted.configuration_id)) as any_configuration_id,
        arg_min(wanted.configuration_id, (wanted.rank, wanted.configuration_id))
        filter (where wanted.is_active) as active_configuration_id
    from wanted
    group by
        wanted.searched_company_id,
        wanted.compared
),

by_type as (
    select
        wanted.searched_company_id,
        wanted.compared,
        wanted.type_key,
        count(*) as typed_count,
        count(*) filter (where wanted.is_active) as active_typed_count,
        arg_min(wanted.configuration_id, (wanted.rank, wanted.configuration_id)) as typed_configuration_id,
        arg_min(wanted.configuration_id, (wanted.rank, wanted.configuration_id))
        filter (where wanted.is_active) as active_typed_configuration_id
    from wanted
    where wanted.type_key is not null
    group by
        wanted.searched_company_id,
        wanted.compared,
        wanted.type_key
)

select
    asked.device_id,
    asked.priority,
    asked.auvik_field,
    asked.value,
    asked.company_id,
    asked.type_key,
    coalesce(by_value.any_count, 0) as any_count,
    coalesce(by_value.active_count, 0) as active_count,
    coalesce(by_type.typed_count, 0) as typed_count,
    coalesce(by_type.active_typed_count, 0) as active_typed_count,
    by_value.any_configuration_id,
    by_value.active_configuration_id,
    by_type.typed_configuration_id,
    by_type.active_typed_configuration_id
from asked
left join by_value
    on
        asked.compared = by_value.compared
        and asked.searched_company_id is not distinct from by_value.searched_company_id
left join by_type
    on
        asked.compared = by_type.compared
        and asked.searched_company_id is not distinct from by_type.searched_company_id
        and asked.type_key = by_type.type_key
