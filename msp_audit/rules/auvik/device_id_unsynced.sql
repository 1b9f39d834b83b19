/*
title    = "Auvik does not write its device ID into the PSA"
severity = "medium"
subject  = "core.auvik_terms"
key      = ["setting"]
why      = """The ID is the only exact join of the two systems: without it a duplicate cannot be told from a \
           replaced device."""
remedy   = """In Auvik open Integrations > ConnectWise PSA > Inventory > Field Sync Mappings, choose Add Sync \
           Field for all configuration types and map Device ID to a question."""
source   = "seed 001: field sync of the device ID; AV-F06"
*/
select
    null::bigint as company_id,
    'device_id' as entity_id,
    'Field Sync Mappings' as entity_name,
    'Auvik''s inventory sync writes no device ID into the configurations.' as reason,
    terms.is_enabled
from core.auvik_terms as terms
where
    not exists (
        select 1
        from auvik.sync_field_map as fields
        where fields.auvik_field = 'device_id'
    )
