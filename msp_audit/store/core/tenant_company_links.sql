/*
grain = "one row per Auvik tenant: which PSA company it is, and how it is known"

[columns]
tenant_id           = "The Auvik tenant."
company_id          = "The PSA company; null when none is known beyond doubt."
confidence          = "certain, likely, ambiguous (several could be it) or none."
evidence            = "What decided: site mapping or exact name; or what is ambiguous."
detail              = "What they agree in, in words."
shared_serial_count = "Devices of the tenant whose serial number a configuration of the company has."
*/
with
names as (
    select
        lower(companies.name) as name_key,
        min(companies.company_id) as company_id,
        count(*) as company_count
    from psa.companies as companies
    where
        not companies.is_deleted
        and companies.name is not null
    group by lower(companies.name)
),

serials as (
    select
        devices.tenant_id,
        configurations.company_id,
        count(distinct devices.device_id) as shared_serial_count
    from auvik.devices as devices
    inner join core.device_keys as keys
        on devices.device_id = keys.device_id
    inner join core.configuration_keys as configurations
        on keys.serial_key = configurations.serial_key
    group by
        devices.tenant_id,
        configurations.company_id
),

decided as (
    select
        tenants.tenant_id,
        case
            when links.company_id is not null then links.company_id
            when names.company_count = 1 then names.company_id
        end as company_id,
        case
            when links.company_id is not null then 'certain'
            when names.company_count = 1 then 'likely'
            when names.company_count > 1 then 'ambiguous'
            else 'none'
        end as confidence,
        case
            when links.company_id is not null then 'site mapping'
            when names.company_count > 0 then 'exact name'
        end as evidence,
        case
            when links.company_id is not null then 'mapped by the domain prefix ' || links.domain_prefix
            when
                names.company_count > 1
                then tenants.name || ' is the name of ' || names.company_count || ' companies'
            when names.company_count = 1 then tenants.name
        end as detail
    from auvik.tenants as tenants
    left join core.tenant_links as links
        on tenants.tenant_id = links.tenant_id
    left join names
        on lower(tenants.name) = names.name_key
)

select
    decided.tenant_id,
    decided.company_id,
    decided.confidence,
    decided.evidence,
    decided.detail,
    coalesce(serials.shared_serial_count, 0) as shared_serial_count
from decided
left join serials
    on
        decided.tenant_id = serials.tenant_id
        and decided.company_id = serials.company_id
