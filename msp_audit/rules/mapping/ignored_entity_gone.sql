/*
title    = "Entry of the Manage plugin's ignore list has outlived what it ignores"
severity = "info"
subject  = "automate.ignored_entities"
key      = ["entity_kind", "entity_id"]
why      = """Ids are not given out twice, so it does no harm; a list full of such entries hides the ones \
           that matter."""
remedy   = """In Automate open the Manage plugin (Dashboard > Config > Integration) and, under the ignored \
           entities, remove the entry."""
source   = """Community clean-up: ignored entities whose Automate record does not exist (columns certain, \
           codes inferred)"""
*/
select distinct
    null::bigint as company_id,
    ignored.entity_id,
    '(' || replace(ignored.entity_kind, '_', ' ') || ' ' || ignored.entity_id || ')' as entity_name,
    'The Manage plugin ignores the ' || replace(ignored.entity_kind, '_', ' ') || ' record '
    || ignored.entity_id || ', which is no longer in Automate.' as reason,
    ignored.entity_kind
from automate.ignored_entities as ignored
anti join core.automate_entities as known
    on
        ignored.entity_kind = known.entity_kind
        and ignored.entity_id = known.entity_id
where
    ignored.entity_id > 0
    and ignored.entity_kind in ('client', 'location', 'computer', 'network_device')
