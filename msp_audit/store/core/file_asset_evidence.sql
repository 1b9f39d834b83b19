/*
grain = "one row per asset of a monitoring tool that is read from files: what it can be known by"

[columns]
asset_key  = "The tool and its id of the asset."
company_id = "The PSA company of its organisation."
serial_key = "Its serial number for comparing."
name_key   = "Its host name for comparing."
maker_key  = "Its maker for comparing."
mac_key    = "That one of its MAC addresses that leads to a single configuration of the company; null when several do, to different ones."
*/
with hits as (
    select
        macs.asset_key,
        min(macs.mac_key) as mac_key
    from core.file_asset_macs as macs
    inner join core.file_asset_keys as keys
        on macs.asset_key = keys.asset_key
    inner join core.configuration_keys as configurations
        on
            macs.mac_key = configurations.mac_key
            and keys.company_id = configurations.company_id
    where macs.asset_count <= 3
    group by macs.asset_key
    having count(distinct configurations.configuration_id) = 1
)

select
    keys.asset_key,
    keys.company_id,
    keys.serial_key,
    keys.name_key,
    keys.maker_key,
    hits.mac_key
from core.file_asset_keys as keys
left join hits
    on keys.asset_key = hits.asset_key
