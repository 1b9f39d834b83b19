/*
grain = "one row per asset of a monitoring tool other than Auvik: what it can be known by"

[columns]
asset_key  = "The tool and its id of the asset."
company_id = "The PSA company of its organisation."
serial_key = "Its serial number for comparing."
name_key   = "Its host name for comparing."
maker_key  = "Its maker for comparing."
mac_key    = "Its MAC address; of several, the one that leads to a single configuration of the company, or null."
*/
with
macs as (
    select
        macs.asset_key,
        macs.mac_key
    from core.tool_asset_macs as macs
    where macs.asset_count <= 3
),

single as (
    select
        macs.asset_key,
        min(macs.mac_key) as mac_key
    from macs
    group by macs.asset_key
    having count(*) = 1
),

-- Several addresses that lead to different records tell of a docking station, not of a machine.
agreeing as (
    select
        macs.asset_key,
        min(macs.mac_key) as mac_key
    from macs
    inner join core.tool_asset_keys as keys
        on macs.asset_key = keys.asset_key
    inner join core.configuration_keys as configurations
        on
            macs.mac_key = configurations.mac_key
            and keys.company_id = configurations.company_id
    group by macs.asset_key
    having count(distinct configurations.configuration_id) = 1
)

select
    keys.asset_key,
    keys.company_id,
    keys.serial_key,
    keys.name_key,
    keys.maker_key,
    coalesce(single.mac_key, agreeing.mac_key) as mac_key
from core.tool_asset_keys as keys
left join single
    on keys.asset_key = single.asset_key
left join agreeing
    on keys.asset_key = agreeing.asset_key
