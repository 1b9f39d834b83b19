/*
title    = "Two or three Automate agents of one client have the same serial number"
severity = "low"
subject  = "automate.computers"
key      = ["client_id", "serial_number"]
why      = """A machine that was installed anew got a second agent: the plugin makes a second \
           configuration, and the customer may pay for both."""
remedy   = """Find the agent that is still in contact and retire the other ones in Automate; merge their \
           PSA configurations."""
source   = "Field practice: duplicate agents by serial number (column certain)"
*/
-- Only agents whose serial number ends like another one's of the client are looked at closely: to bring a
-- serial number into its form is dear, and few share an ending.
with endings as materialized (
    select
        computers.client_id,
        computers.computer_id,
        right(
            translate(
                upper(computers.serial_number),
                -- What clean() takes for a blank.
                ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(8203) || chr(8204) || chr(8205)
                || chr(8288) || chr(65279),
                ''
            ),
            4
        ) as ending
    from automate.computers as computers
    where computers.serial_number is not null
),

shared_endings as (
    select
        endings.client_id,
        endings.ending
    from endings
    group by endings.client_id, endings.ending
    having count(*) >= 2
),

serials as materialized (
    select
        computers.client_id,
        good_serial(computers.serial_number) as serial_number,
        computers.computer_id,
        computers.name,
        computers.last_contact_at
    from automate.computers as computers
    join endings
        on computers.computer_id = endings.computer_id
    join shared_endings
        on
            endings.client_id = shared_endings.client_id
            and endings.ending = shared_endings.ending
),

shared as (
    select
        serials.client_id,
        serials.serial_number,
        count(*) as agent_count,
        list_sort(list(serials.computer_id)) as computer_ids,
        string_agg(
            coalesce(serials.name, '(no name)'), ', ' order by serials.name, serials.computer_id
        ) as names,
        max(serials.last_contact_at) as last_contact_at
    from serials
    where serials.serial_number is not null
    group by serials.client_id, serials.serial_number
    -- More than three are a serial number that identifies nothing: identity.computer_serial_shared.
    having count(*) between 2 and 3
),

links as (
    select
        client_links.client_id,
        min(client_links.company_id) as company_id
    from core.client_links as client_links
    group by client_links.client_id
)

select
    links.company_id,
    shared.serial_number as entity_id,
    shared.serial_number as entity_name,
    'The serial number ' || shared.serial_number || ' stands on ' || shared.agent_count
    || ' Automate agents of ' || coalesce(clients.name, '(no name)') || ': ' || shared.names || '.' as reason,
    shared.client_id,
    shared.agent_count,
    shared.computer_ids,
    shared.last_contact_at
from shared
join automate.clients as clients
    on shared.client_id = clients.client_id
left join links
    on shared.client_id = links.client_id
