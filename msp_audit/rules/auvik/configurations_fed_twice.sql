/*
title    = "Configurations are written by Auvik and by Automate"
severity = "medium"
subject  = "psa.configurations"
key      = ["company_id"]
why      = """The last writer wins, so name, model and type flip between what the two systems say, and edits \
           by hand are lost."""
remedy   = """Let one system write each kind of machine: take servers and workstations out of Auvik's Device \
           Class Mappings, or out of the Manage plugin's asset templates."""
source   = "AV-F10; field practice: an export overwrites manual edits each time"
*/
select
    configurations.company_id,
    configurations.company_id as entity_id,
    coalesce(min(companies.name), 'company ' || configurations.company_id) as entity_name,
    'Auvik and Automate both write to ' || count(distinct configurations.configuration_id) || ' '
    || case
        when count(distinct configurations.configuration_id) = 1 then 'configuration' else 'configurations'
    end
    || ' of ' || coalesce(min(companies.name), 'company ' || configurations.company_id) || '.' as reason,
    count(distinct configurations.configuration_id) as configuration_count,
    list_sort(list(distinct configurations.configuration_id))[:50] as configuration_ids,
    list_sort(list(distinct configurations.configuration_type_name)) as configuration_type_names
from core.auvik_predictions as predictions
join psa.configurations as configurations
    on predictions.configuration_id = configurations.configuration_id
join automate.asset_syncs as syncs
    on
        configurations.configuration_id = syncs.configuration_id
        and syncs.entity_kind in ('computer', 'network_device')
left join psa.companies as companies
    on configurations.company_id = companies.company_id
where
    predictions.outcome = 'match'
    and configurations.company_id is not null
group by configurations.company_id
