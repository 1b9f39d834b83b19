/*
grain = "one row per PSA company, those in the recycle bin too"

[columns]
company_id        = "The PSA company's record id."
identifier        = "Short name; unique in PSA, chosen by people."
name              = "Company name."
status_id         = "Status, see psa.company_statuses."
status_name       = "Name of the status."
is_deleted        = "In the recycle bin; PSA lists it all the same."
type_names        = "Names of the company's types, in the order of type_ids; null when PSA sent none."
type_ids          = "Types, see psa.company_types."
primary_site_id   = "The primary site, see psa.sites."
territory_name    = "Territory (a location of the MSP)."
parent_company_id = "The company this one belongs to."
created_at        = "When the record was made."
updated_at        = "When the record was changed last."
*/
select
    landed.item.id as company_id,
    clean(landed.item.identifier) as identifier,
    clean(landed.item.name) as name,
    landed.item.status.id as status_id,
    clean(landed.item.status.name) as status_name,
    coalesce(landed.item.deletedflag, false) as is_deleted,
    list_transform(
        list_filter(landed.item.types, lambda type: type.id is not null), lambda type: clean(type.name)
    ) as type_names,
    list_transform(
        list_filter(landed.item.types, lambda type: type.id is not null), lambda type: type.id
    ) as type_ids,
    landed.item.site.id as primary_site_id,
    clean(landed.item.territory.name) as territory_name,
    landed.item.parentcompany.id as parent_company_id,
    utc(landed.item._info.dateentered) as created_at,
    utc(landed.item._info.lastupdated) as updated_at
from (
    select from_json(records.payload, '{
        "id": "BIGINT",
        "identifier": "VARCHAR",
        "name": "VARCHAR",
        "status": {"id": "BIGINT", "name": "VARCHAR"},
        "deletedFlag": "BOOLEAN",
        "types": [{"id": "BIGINT", "name": "VARCHAR"}],
        "site": {"id": "BIGINT"},
        "territory": {"name": "VARCHAR"},
        "parentCompany": {"id": "BIGINT"},
        "_info": {"lastUpdated": "VARCHAR", "dateEntered": "VARCHAR"}
    }') as item
    from landing.companies as records
) as landed
where landed.item.id is not null
