/*
grain = "one row: the options and assumptions under which Auvik's inventory sync is predicted"

[columns]
is_enabled                = "Enable Inventory Syncing."
uses_configuration_type   = "Whether a match must also have the configuration type of the device class."
only_matches_active       = "Whether only active configurations are matched."
updates_matched_as_active = "Status set on matched configurations; null when off."
is_managed_only           = "Whether only managed devices are synced."
inactive_on_delete        = "Status set when a device is deleted; null when off."
first_identifier          = "The identifier that is tried first."
second_identifier         = "The one that is tried next; null when there is none."
names_match_any_case      = "Assumption A1."
several_matches           = "Assumption A2: ambiguous, oldest or latest."
unmapped_class_stops      = "Assumption A3: creating or matching."
searches_all_companies    = "Assumption A4."
link_persists             = "Assumption A5."
reactivates_always        = "Assumption A6."
last_mapped_stale_hours   = "Assumption A8."
writes_fields_always      = "Assumption A9."
blank_identifiers         = "Assumption A10, in lower case."
*/
with
assumed as (
    select
        max(assumptions.value) filter (where assumptions.assumption = 'A1') as a1,
        max(assumptions.value) filter (where assumptions.assumption = 'A2') as a2,
        max(assumptions.value) filter (where assumptions.assumption = 'A3') as a3,
        max(assumptions.value) filter (where assumptions.assumption = 'A4') as a4,
        max(assumptions.value) filter (where assumptions.assumption = 'A5') as a5,
        max(assumptions.value) filter (where assumptions.assumption = 'A6') as a6,
        max(assumptions.value) filter (where assumptions.assumption = 'A8') as a8,
        max(assumptions.value) filter (where assumptions.assumption = 'A9') as a9,
        max(assumptions.value_list) filter (where assumptions.assumption = 'A10') as a10
    from auvik.sync_assumptions as assumptions
),

-- At most two: host name and device name exclude each other.
identifiers as (
    select
        min_by(identifiers.auvik_field, identifiers.priority) as first_identifier,
        max_by(identifiers.auvik_field, identifiers.priority) as last_identifier
    from auvik.sync_identifiers as identifiers
)

select
    options.is_enabled,
    options.uses_configuration_type,
    options.only_matches_active,
    options.updates_matched_as_active,
    options.is_managed_only,
    options.inactive_on_delete,
    identifiers.first_identifier,
    nullif(identifiers.last_identifier, identifiers.first_identifier) as second_identifier,
    coalesce(assumed.a1, 'true') = 'true' as names_match_any_case,
    coalesce(assumed.a2, 'ambiguous') as several_matches,
    coalesce(assumed.a3, 'creating') as unmapped_class_stops,
    coalesce(assumed.a4, 'company') = 'all' as searches_all_companies,
    coalesce(assumed.a5, 'true') = 'true' as link_persists,
    coalesce(assumed.a6, 'false') = 'true' as reactivates_always,
    coalesce(try_cast(assumed.a8 as double), 48) as last_mapped_stale_hours,
    coalesce(assumed.a9, 'always') = 'always' as writes_fields_always,
    coalesce(
        list_transform(assumed.a10, lambda entry: lower(clean(entry))), ['unknown', 'n/a', 'none', '-']
    ) as blank_identifiers
from auvik.sync_options as options
cross join assumed
cross join identifiers
