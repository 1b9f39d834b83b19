/*
title    = "Auvik's sync options will duplicate rediscovered devices"
severity = "low"
subject  = "auvik.sync_options"
key      = ["setting"]
why      = """A device that is deleted and found again gets a second configuration, because the first was \
           made inactive and inactive ones are not matched."""
remedy   = """In Auvik open Integrations > ConnectWise PSA > Inventory and turn off either 'Only Match to \
           Active Configurations' or 'Update configurations as inactive when Auvik device is deleted'."""
source   = "seed 001: inventory sync options, note on rediscovered devices"
*/
select
    null::bigint as company_id,
    'only_match_active+inactive_on_delete' as entity_id,
    'Inventory Sync Options' as entity_name,
    'Auvik matches active configurations only and sets those of deleted devices to "'
    || options.inactive_on_delete || '"; a device found again will get a second configuration.' as reason,
    options.only_matches_active,
    options.inactive_on_delete,
    options.updates_matched_as_active,
    options.is_enabled
from auvik.sync_options as options
where
    options.only_matches_active
    and options.inactive_on_delete is not null
