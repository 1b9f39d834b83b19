/*
grain = "one row per Auvik tenant that the key sees"

[columns]
tenant_id        = "The tenant's id in Auvik, as text: it is longer than a number may be."
domain_prefix    = "The first label of its address in Auvik, in lower case."
name             = "Its name where Auvik tells one, else its domain prefix."
tenant_type      = "client, corporateIt or multiClient (a folder of tenants)."
parent_tenant_id = "The tenant above it; null at the top."
*/
select
    landed.item.id as tenant_id,
    lower(clean(landed.item.attributes.domainPrefix)) as domain_prefix,
    coalesce(
        clean(landed.item.attributes.name),
        clean(landed.item.attributes.displayName),
        clean(landed.item.attributes.domainPrefix)
    ) as name,
    clean(landed.item.attributes.tenantType) as tenant_type,
    landed.item.relationships.parent.data.id as parent_tenant_id
from (
    select
        from_json(
            records.payload,
            '{"id":"VARCHAR",
             "attributes":{"domainPrefix":"VARCHAR", "name":"VARCHAR", "displayName":"VARCHAR",
                           "tenantType":"VARCHAR"},
             "relationships":{"parent":{"data":{"id":"VARCHAR"}}}}'
        ) as item
    from landing.tenants as records
) as landed
where landed.item.id is not null
