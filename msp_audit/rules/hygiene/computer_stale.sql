/*
title    = "Active PSA configuration belongs to a computer that fell silent"
severity = "low"
subject  = "automate.computers"
key      = ["computer_id"]
why      = """A computer that is gone is still billed and reviewed; one that is only silent gets no patch \
           and no backup check."""
remedy   = """Find the computer. If it is gone, retire its agent in Automate and set its PSA configuration \
           to an inactive status; if not, repair the agent."""
source   = "Field practice: agents not checked in for 45 days"

[params]
# Days without contact after which a computer counts as silent.
stale_after_days = 45
*/
select
    coalesce(links.company_id, configurations.company_id) as company_id,
    computers.computer_id as entity_id,
    coalesce(computers.name, '(no name)') as entity_name,
    'The ' || case when computers.is_server then 'server ' else 'workstation ' end
    || coalesce(computers.name, '(no name)') || ' of ' || coalesce(clients.name, '(no name)')
    || ' was last in contact with Automate on ' || strftime(computers.last_contact_at, '%Y-%m-%d')
    || ', yet its configuration ' || coalesce(configurations.name, '(no name)')
    || ' is active in ConnectWise PSA.' as reason,
    clients.name as client_name,
    locations.name as location_name,
    computers.operating_system,
    computers.last_contact_at,
    date_diff('day', computers.last_contact_at, $as_of) as silent_days,
    configurations.configuration_id,
    configurations.name as configuration_name,
    configurations.configuration_status_name,
    configurations.is_billed,
    links.evidence as linked_by
from automate.computers as computers
join core.computer_links as links
    on computers.computer_id = links.computer_id
join psa.configurations as configurations
    on links.configuration_id = configurations.configuration_id
left join automate.clients as clients
    on computers.client_id = clients.client_id
left join automate.locations as locations
    on computers.location_id = locations.location_id
where
    computers.last_contact_at < $as_of - to_days($stale_after_days)
    and configurations.is_active
