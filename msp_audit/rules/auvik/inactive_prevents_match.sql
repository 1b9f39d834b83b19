/*
title    = "An inactive configuration will be duplicated by Auvik"
severity = "high"
subject  = "auvik.devices"
key      = ["device_id"]
why      = """Only active configurations are matched: the device's own record is inactive, so Auvik creates a \
           second one."""
remedy   = """Set the configuration back to an active status before the sync runs, or accept the new record \
           and close the old one for good."""
source   = "seed 001: only match to active configurations; AV-M05"
*/
select
    predictions.company_id,
    devices.device_id as entity_id,
    coalesce(devices.name, '(no name)') as entity_name,
    'Auvik will create a second record for '
    || coalesce(devices.name, '(no name)')
    || ', because its configuration '
    || coalesce(configurations.name, hits.any_configuration_id::varchar) || ' is inactive.' as reason,
    devices.device_type,
    devices.serial_number,
    hits.any_configuration_id as configuration_id,
    configurations.configuration_status_name,
    configurations.updated_at as configuration_updated_at,
    devices.last_seen_at,
    devices.dashboard_url
from core.auvik_predictions as predictions
join auvik.devices as devices
    on predictions.device_id = devices.device_id
join core.auvik_terms as terms
    on terms.only_matches_active
join (
    select
        hits.device_id,
        arg_min(hits.any_configuration_id, hits.priority) as any_configuration_id
    from core.auvik_identifier_hits as hits
    where hits.any_count > 0
    group by hits.device_id
) as hits
    on predictions.device_id = hits.device_id
left join psa.configurations as configurations
    on hits.any_configuration_id = configurations.configuration_id
where
    predictions.outcome = 'create'
    and predictions.if_only_match_active in ('match', 'ambiguous')
