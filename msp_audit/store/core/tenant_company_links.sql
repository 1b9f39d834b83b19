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
        company_match(
            links.company_id,
            'site mapping',
            'mapped by the domain prefix ' || links.domain_prefix,
            tenants.name,
            names.company_id,
            names.company_count
        ) as match
    from auvik.tenants as tenants
    left join core.tenant_links as links
        on tenants.tenant_id = links.tenant_id
    left join core.company_names as names
        on lower(tenants.name) = names.name_key
)

select
    decided.tenant_id,
    decided.match.company_id,
    decided.match.confidence,
    decided.match.evidence,
    decided.match.detail,
    coalesce(serials.shared_serial_count, 0) as shared_serial_count
from decided
left join serials
    on
        decided.tenant_id = serials.tenant_id
        and decided.match.company_id = serials.company_id
