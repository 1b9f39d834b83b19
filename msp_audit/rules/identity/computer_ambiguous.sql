/*
title    = "A computer could be any of several configurations"
severity = "medium"
subject  = "automate.computers"
key      = ["computer_id"]
why      = """Nobody can say which record is the machine: warranty, tickets and billing stand on one of them \
           by chance."""
remedy   = "Merge the configurations in the PSA, or set all but one to an inactive status."
source   = "Links between assets: several candidates are never guessed"
*/
select
    client_links.company_id,
    computers.computer_id as entity_id,
    coalesce(computers.name, '(no name)') as entity_name,
    'The computer ' || coalesce(computers.name, '(no name)') || ' could be any of ' || links.candidate_count
    || ' configurations: they share the ' || coalesce(links.evidence, 'same evidence') || '.' as reason,
    computers.serial_number,
    links.evidence,
    links.detail,
    links.candidate_count,
    computers.last_contact_at
from core.computer_configuration_links as links
join automate.computers as computers
    on links.computer_id = computers.computer_id
join (
    select
        mapped.client_id,
        min(mapped.company_id) as company_id
    from core.client_links as mapped
    group by mapped.client_id
) as client_links
    on computers.client_id = client_links.client_id
where links.confidence = 'ambiguous'
