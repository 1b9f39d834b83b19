/*
title    = "Synced field goes to a target that it was not made for"
severity = "medium"
subject  = "auvik.sync_field_map"
key      = ["position"]
why      = """Device class mapping works for the configuration type only, and device make for manufacturer or \
           vendor; elsewhere nothing is written."""
remedy   = """In Auvik open Integrations > ConnectWise PSA > Inventory > Field Sync Mappings and choose the \
           right field. Vendor Name (a question) is not Vendor (Company)."""
source   = "seed 001: notes 1 and 2 of field syncing; AV-F09"
*/
select
    null::bigint as company_id,
    fields.position as entity_id,
    fields.auvik_field as entity_name,
    'The field '
    || replace(fields.auvik_field, '_', ' ')
    || ' is synced to "'
    || coalesce(fields.psa_field, '')
    || '" and not to '
    || case
        when fields.auvik_field = 'device_class_mapping' then 'the configuration type.'
        else 'the manufacturer or the vendor (company).'
    end as reason,
    fields.position,
    fields.scope,
    fields.psa_field
from auvik.sync_field_map as fields
where
    (
        fields.auvik_field = 'device_class_mapping'
        and regexp_replace(lower(fields.psa_field), '[^a-z]', '', 'g') not in ('configurationtype', 'type')
    )
    or (
        fields.auvik_field = 'device_make'
        and regexp_replace(lower(fields.psa_field), '[^a-z]', '', 'g')
        not in ('manufacturer', 'vendor', 'vendorcompany')
    )
