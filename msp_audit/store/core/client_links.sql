/*
grain = "one row per Automate client and PSA company it is mapped to"

[columns]
client_id  = "The Automate client; clients that were deleted since may still be mapped."
company_id = "The PSA company; it may be gone from the PSA."
*/
select distinct
    mappings.client_id,
    mappings.company_id
from automate.client_mappings as mappings
anti join automate.excluded_clients as excluded
    on mappings.client_id = excluded.client_id
where
    mappings.client_id is not null
    and mappings.company_id is not null
