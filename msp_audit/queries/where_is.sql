/*
title = "Who knows a machine of this name"
why   = "A technician has a host name and wants to know which systems list it."

[params]
name = "srv"
*/
select
    'psa' as source,
    configurations.configuration_id::varchar as record_id,
    configurations.name as name,
    configurations.serial_number as serial_number
from psa.configurations as configurations
where contains(lower(configurations.name), lower($name))
union all
select
    'automate' as source,
    computers.computer_id::varchar as record_id,
    computers.name as name,
    computers.serial_number as serial_number
from automate.computers as computers
where contains(lower(computers.name), lower($name))
union all
select
    assets.monitored_by as source,
    assets.asset_key as record_id,
    assets.name as name,
    assets.serial_number as serial_number
from core.monitored_assets as assets
where contains(lower(assets.name), lower($name))
order by name, source, record_id
