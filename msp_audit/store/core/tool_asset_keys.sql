/*
grain = "one row per asset of a monitoring tool other than Auvik"

[columns]
asset_key     = "The tool and its id of the asset: unique among all tools."
tool          = "The monitoring tool."
asset_id      = "The asset's id there."
company_id    = "The PSA company of its organisation; null when that is not mapped."
serial_key    = "Its serial number for comparing; null when it identifies nothing or more than three assets of the tool have it."
name_key      = "Its host name for comparing."
maker_key     = "Its maker for comparing."
shared_serial = "The serial number that more than three assets of the tool have."
*/
with
assets as (
    select
        assets.tool,
        assets.asset_id,
        assets.organisation_id,
        good_serial(assets.serial_number) as serial_key,
        host_key(assets.name) as name_key,
        maker_key(assets.manufacturer) as maker_key
    from core.tool_assets as assets
),

shared_serials as (
    select
        assets.tool,
        assets.serial_key
    from assets
    group by
        assets.tool,
        assets.serial_key
    having count(*) > 3
)

select
    assets.tool || '/' || assets.asset_id as asset_key,
    assets.tool,
    assets.asset_id,
    links.company_id,
    case when shared_serials.serial_key is null then assets.serial_key end as serial_key,
    assets.name_key,
    assets.maker_key,
    shared_serials.serial_key as shared_serial
from assets
left join core.organisation_links as links
    on
        assets.tool = links.tool
        and assets.organisation_id = links.organisation_id
left join shared_serials
    on
        assets.tool = shared_serials.tool
        and assets.serial_key = shared_serials.serial_key
