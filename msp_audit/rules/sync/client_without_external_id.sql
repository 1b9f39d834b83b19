/*
title    = "Automate client carries no PSA company id"
severity = "medium"
subject  = "automate.clients"
key      = ["client_id"]
why      = """Without the Manage plugin's tables the external id is the only sign of a link: as far as can \
           be seen, the client has none with the PSA."""
remedy   = """Map the client to its PSA company in the Manage plugin (Dashboard > Config > Integration). \
           If it is ignored there on purpose, read the plugin's tables too: automate.mysql or \
           automate.exports."""
source   = """Vendor's REST description: external id of a client (certain); judged only where the plugin's \
           tables are not read"""
*/
select
    null::bigint as company_id,
    clients.client_id as entity_id,
    coalesce(clients.name, '(no name)') as entity_name,
    'The Automate client ' || coalesce(clients.name, '(no name)')
    || ' carries no id of a company in ConnectWise PSA.' as reason,
    clients.city
from automate.clients as clients
where
    clients.external_id is null
    and not exists (
        select 1
        from automate.list_ways as ways
        where
            ways.resource = 'client_mappings'
            and ways.way is not null
    )
