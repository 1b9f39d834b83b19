/*
grain = "one row per site (address) of a PSA company"

[columns]
site_id        = "The site's record id."
company_id     = "The company it belongs to."
name           = "Name of the site."
address_line_1 = "First line of the address."
city           = "City."
is_primary     = "The company's primary address."
is_inactive    = "Retired."
*/
select
    landed.item.id as site_id,
    landed.item.company.id as company_id,
    clean(landed.item.name) as name,
    clean(landed.item.addressline1) as address_line_1,
    clean(landed.item.city) as city,
    landed.item.primaryaddressflag as is_primary,
    landed.item.inactiveflag as is_inactive
from (
    select from_json(records.payload, '{
        "id": "BIGINT",
        "company": {"id": "BIGINT"},
        "name": "VARCHAR",
        "addressLine1": "VARCHAR",
        "city": "VARCHAR",
        "primaryAddressFlag": "BOOLEAN",
        "inactiveFlag": "BOOLEAN"
    }') as item
    from landing.sites as records
) as landed
where landed.item.id is not null
