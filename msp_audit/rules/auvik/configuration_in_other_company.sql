/*
title    = "The configuration of an Auvik device stands under another company"
severity = "high"
subject  = "auvik.devices"
key      = ["device_id"]
why      = """Auvik searches the mapped company only, so the device gets a second record: the tenant is mapped \
           wrongly, or the device moved."""
remedy   = """Move the configuration to the company of the tenant in the PSA, or correct the tenant's site \
           mapping in Auvik."""
source   = "seed 001: site mapping; AV-M08"
*/
select
    predictions.company_id,
    devices.device_id as entity_id,
    coalesce(devices.name, '(no name)') as entity_name,
    'The Auvik device '
    || coalesce(devices.name, '(no name)')
    || ' has no configuration in its company, but '
    || coalesce(configurations.name, '(no name)')
    || ' ('
    || links.moved_configuration_id
    || ') of '
    || coalesce(companies.name, 'company ' || links.moved_company_id)
    || ' has its serial number.' as reason,
    devices.device_type,
    devices.serial_number,
    links.moved_configuration_id as configuration_id,
    configurations.name as configuration_name,
    links.moved_company_id as other_company_id,
    devices.last_seen_at,
    devices.dashboard_url
from core.auvik_predictions as predictions
join auvik.devices as devices
    on predictions.device_id = devices.device_id
join core.device_configuration_links as links
    on predictions.device_id = links.device_id
left join psa.configurations as configurations
    on links.moved_configuration_id = configurations.configuration_id
left join psa.companies as companies
    on links.moved_company_id = companies.company_id
where
    predictions.outcome in ('create', 'blocked')
    and links.moved_configuration_id is not null
