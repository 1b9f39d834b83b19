/*
title    = "Mapped Automate client has no agreement template"
severity = "medium"
subject  = "automate.clients"
key      = ["client_id"]
why      = """The plugin syncs the assets of clients that have an agreement (managed service) template \
           only: none of this client's computers becomes a configuration."""
remedy   = """In Automate open the Manage plugin (Dashboard > Config > Integration) and, under the \
           agreement mapping, assign an agreement template to the client, or set the client to ignored."""
source   = "Vendor's manual: assets are synced for clients with an agreement template (columns certain)"
*/
with mapped as (
    select
        mappings.client_id,
        min(mappings.company_id) as company_id,
        count(mappings.service_template_id) as template_count
    from automate.client_mappings as mappings
    where mappings.company_id is not null
    group by mappings.client_id
),

managed as (
    select
        computers.client_id,
        count(*) as computer_count
    from automate.computers as computers
    group by computers.client_id
)

select
    mapped.company_id,
    clients.client_id as entity_id,
    coalesce(clients.name, '(no name)') as entity_name,
    'The Automate client ' || coalesce(clients.name, '(no name)')
    || ' is mapped to ConnectWise PSA without an agreement template, so its assets are not synced.' as reason,
    coalesce(managed.computer_count, 0) as computer_count
from automate.clients as clients
join mapped
    on clients.client_id = mapped.client_id
left join managed
    on clients.client_id = managed.client_id
where
    mapped.template_count = 0
    and not exists (
        select 1
        from automate.ignored_entities as ignored
        where
            ignored.entity_kind = 'client'
            and ignored.entity_id = clients.client_id
    )
