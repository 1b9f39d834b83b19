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
with known as (
    select
        'client' as entity_kind,
        clients.client_id as entity_id
    from automate.clients as clients
    union all
    select
        'location' as entity_kind,
        locations.location_id as entity_id
    from automate.locations as locations
    union all
    select
        'computer' as entity_kind,
        computers.computer_id as entity_id
    from automate.computers as computers
    union all
    select
        'network_device' as entity_kind,
        devices.network_device_id as entity_id
    from automate.network_devices as devices
    union all
    select
        excluded.entity_kind,
        excluded.entity_id
    from automate.excluded_entities as excluded
)

select distinct
    null::bigint as company_id,
    ignored.entity_id,
    '(' || replace(ignored.entity_kind, '_', ' ') || ' ' || ignored.entity_id || ')' as entity_name,
    'The Manage plugin ignores the ' || replace(ignored.entity_kind, '_', ' ') || ' record '
    || ignored.entity_id || ', which is no longer in Automate.' as reason,
    ignored.entity_kind
from automate.ignored_entities as ignored
where
    ignored.entity_id > 0
    and ignored.entity_kind in ('client', 'location', 'computer', 'network_device')
    and not exists (
        select 1
        from known
        where
            known.entity_kind = ignored.entity_kind
            and known.entity_id = ignored.entity_id
    )
