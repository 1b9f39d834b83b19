/*
grain = "one row per asset of a monitoring tool, an Auvik device or an asset of another tool: where it is, and which configuration it is"

[columns]
asset_key         = "Auvik's device ID; of other tools, the tool's name and its id of the asset."
monitored_by      = "auvik, ninjaone, or the tool's name in the settings."
tool_name         = "The tool as reports call it."
company_id        = "The PSA company of its tenant or organisation; null when that is not mapped."
organisation_name = "The name of the tenant or organisation."
name              = "Its name."
device_type       = "What the tool says that it is."
make              = "Its maker."
model             = "Its model."
serial_number     = "Its serial number, as the tool has it."
ip_addresses      = "Its IP addresses, in order."
online_status     = "online, offline and the like; null when the tool does not say."
is_managed        = "Whether the tool manages it and its inventory is meant to be in the PSA."
last_seen_at      = "When the tool last saw it."
dashboard_url     = "Address of its page in the tool."
configuration_id  = "The PSA configuration that stands for it; null when none is known beyond doubt."
confidence        = "certain, likely, ambiguous (several could be it) or none."
evidence          = "What decided, or what is ambiguous; null when nothing agrees."
detail            = "What they agree in, in words."
candidate_count   = "Configurations that the evidence leads to."
moved_configuration_id = "The one configuration of another company with its serial number."
moved_company_id  = "The company of that one."

[parts]
auvik = ["auvik.devices", "auvik.tenants", "core.tenant_links", "core.device_configuration_links"]
tools = ["core.tool_assets", "core.tool_organisations", "core.organisation_links", "core.tool_asset_links"]
*/
select
    devices.device_id as asset_key,
    'auvik' as monitored_by,
    'Auvik' as tool_name,
    tenant_links.company_id,
    coalesce(tenants.name, tenants.domain_prefix, tenant_links.domain_prefix) as organisation_name,
    devices.name,
    devices.device_type,
    devices.make,
    devices.model,
    devices.serial_number,
    list_sort(devices.ip_addresses) as ip_addresses,
    devices.online_status,
    devices.is_managed and tenant_links.syncs_inventory as is_managed,
    devices.last_seen_at,
    devices.dashboard_url,
    links.configuration_id,
    links.confidence,
    links.evidence,
    links.detail,
    links.candidate_count,
    links.moved_configuration_id,
    links.moved_company_id
from auvik.devices as devices
left join core.tenant_links as tenant_links
    on devices.tenant_id = tenant_links.tenant_id
left join auvik.tenants as tenants
    on devices.tenant_id = tenants.tenant_id
left join core.device_configuration_links as links
    on devices.device_id = links.device_id
union all
select
    links.asset_key,
    assets.tool as monitored_by,
    assets.tool_name,
    organisation_links.company_id,
    organisations.name as organisation_name,
    assets.name,
    assets.kind as device_type,
    assets.manufacturer as make,
    assets.model,
    assets.serial_number,
    list_sort(assets.ip_addresses) as ip_addresses,
    case when assets.is_online then 'online' when not assets.is_online then 'offline' end as online_status,
    assets.is_managed,
    assets.last_seen_at,
    assets.url as dashboard_url,
    links.configuration_id,
    links.confidence,
    links.evidence,
    links.detail,
    links.candidate_count,
    links.moved_configuration_id,
    links.moved_company_id
from core.tool_assets as assets
left join core.organisation_links as organisation_links
    on
        assets.tool = organisation_links.tool
        and assets.organisation_id = organisation_links.organisation_id
left join core.tool_organisations as organisations
    on
        assets.tool = organisations.tool
        and assets.organisation_id = organisations.organisation_id
left join core.tool_asset_links as links
    on links.asset_key = assets.tool || '/' || assets.asset_id
