/*
title    = "A rediscovered device got a second configuration"
severity = "high"
subject  = "psa.configurations"
key      = ["configuration_id"]
why      = """The first record was made inactive when the device was deleted in Auvik, and inactive ones are \
           not matched; history is torn in two."""
remedy   = """Merge the history into one configuration. In Auvik use Exclude as well as Delete for devices \
           that must not come back, and turn one of the two options off."""
source   = "seed 001: note on deleted and rediscovered devices; AV-L02"
*/
select
    living.company_id,
    living.configuration_id as entity_id,
    coalesce(living.name, '(no name)') as entity_name,
    'The configuration ' || coalesce(living.name, '(no name)') || ' was made on '
    || strftime(living.created_at, '%Y-%m-%d') || ' for a device that has an inactive one already: '
    || coalesce(arg_min(closed.name, closed.configuration_id), '(no name)') || ' ('
    || min(closed.configuration_id) || ').' as reason,
    living.configuration_id,
    min(closed.configuration_id) as inactive_configuration_id,
    max(closed.updated_at) as inactive_since_at,
    living.created_at,
    living_keys.serial_key as serial_number,
    min(predictions.device_id) as device_id
from core.auvik_predictions as predictions
join psa.configurations as living
    on predictions.configuration_id = living.configuration_id
join core.configuration_keys as living_keys
    on living.configuration_id = living_keys.configuration_id
join core.configuration_keys as closed_keys
    on
        living_keys.company_id = closed_keys.company_id
        and living_keys.serial_key = closed_keys.serial_key
        and not closed_keys.is_active
join psa.configurations as closed
    on
        closed_keys.configuration_id = closed.configuration_id
        and living.created_at > closed.updated_at
cross join core.auvik_terms as terms
where
    predictions.outcome = 'match'
    and living.is_active
    and terms.only_matches_active
    and terms.inactive_on_delete is not null
group by
    living.company_id,
    living.configuration_id,
    living.name,
    living.created_at,
    living_keys.serial_key
