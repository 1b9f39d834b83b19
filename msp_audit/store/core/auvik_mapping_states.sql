/*
grain = "one row per Auvik device that stands once, and by one name, in the copied Inventory Mappings table"

[columns]
device_id        = "The Auvik device."
tenant_id        = "Its tenant."
company_id       = "The PSA company of the tenant; null when it is not mapped."
state            = "Waiting for Online Time, Ready to Match, Matching in Progress or Mapped and Syncing."
configuration_item = "What the table says in its column Configuration Item; null when blank."
configuration_id = "The same as the id of a PSA configuration; null when it is none."
copied_at        = "When the table was copied out of Auvik."
state_since_at   = "When the oldest copy was made that shows this state without another one since."
*/
with
devices as (
    select
        tenants.domain_prefix,
        lower(devices.name) as name_key,
        min(devices.device_id) as device_id,
        min(devices.tenant_id) as tenant_id
    from auvik.devices as devices
    inner join auvik.tenants as tenants
        on devices.tenant_id = tenants.tenant_id
    group by
        tenants.domain_prefix,
        lower(devices.name)
    having count(*) = 1
)

select
    devices.device_id,
    devices.tenant_id,
    links.company_id,
    mappings.state,
    mappings.configuration_item,
    mappings.configuration_id,
    mappings.copied_at,
    mappings.state_since_at
from auvik.inventory_mappings as mappings
inner join devices
    on
        mappings.domain_prefix = devices.domain_prefix
        and lower(mappings.device_name) = devices.name_key
left join core.tenant_links as links
    on devices.tenant_id = links.tenant_id
where mappings.line_count = 1
