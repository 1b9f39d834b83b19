/*
title    = "Nothing that the Manage plugin ignores under a code is of the kind that the code should mean"
severity = "medium"
subject  = "automate.entity_types"
key      = ["entity_kind"]
why      = """The plugin's codes for kinds of entities are not documented. If one is declared wrongly, \
           what is ignored on purpose is reported, and what is not ignored may be passed over."""
remedy   = """Look at one ignored entry in the Manage plugin (Dashboard > Config > Integration), compare \
           with msp-audit doctor automate, and correct automate.entity_types in the settings."""
source   = "Assumption: codes as in Automate's extra data fields; 13 is certain, the others are inferred"
*/
with used as (
    select
        types.entity_kind,
        types.entity_type_code,
        count(distinct ignored.entity_id) as ignored_count,
        count(distinct known.entity_id) as known_count
    from automate.entity_types as types
    join automate.ignored_entities as ignored
        on types.entity_kind = ignored.entity_kind
    left join core.automate_entities as known
        on
            ignored.entity_kind = known.entity_kind
            and ignored.entity_id = known.entity_id
    where
        ignored.entity_id > 0
        and types.entity_kind in ('client', 'location', 'computer', 'network_device')
    group by types.entity_kind, types.entity_type_code
)

select
    null::bigint as company_id,
    used.entity_kind as entity_id,
    replace(used.entity_kind, '_', ' ') as entity_name,
    'The code ' || used.entity_type_code || ' is declared to mean ' || replace(used.entity_kind, '_', ' ')
    || ', but none of the ' || used.ignored_count || ' ids that are ignored under it is one.' as reason,
    used.entity_kind,
    used.entity_type_code,
    used.ignored_count
from used
where used.known_count = 0
