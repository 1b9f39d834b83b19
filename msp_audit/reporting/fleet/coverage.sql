/* What of an estate the PSA knows beyond doubt; null where one of the two lists was not read completely. */
with complete as (
    select run_resources.source || '.' || run_resources.resource as name
    from audit.run_resources as run_resources
    where
        run_resources.run_id = (
            select max(runs.run_id)
            from audit.runs as runs
            where runs.finished_at is not null
        )
        and run_resources.verdict = 'complete'
),

computers as (
    select
        count(*) as computer_count,
        count(computer_links.computer_id) as known_computer_count
    from automate.computers as computers
    left join core.computer_links as computer_links
        on computers.computer_id = computer_links.computer_id
    where (
        select count(*)
        from complete
        where complete.name in ('automate.computers', 'psa.configurations')
    ) = 2
),

devices as (
    select
        count(*) as device_count,
        count(device_links.device_id) as known_device_count
    from auvik.devices as devices
    left join core.device_links as device_links
        on devices.device_id = device_links.device_id
    where
        devices.is_managed
        and (
            select count(*)
            from complete
            where complete.name in ('auvik.devices', 'psa.configurations')
        ) = 2
)

select
    nullif(computers.computer_count, 0) as computer_count,
    computers.known_computer_count / nullif(computers.computer_count, 0) as computer_share,
    nullif(devices.device_count, 0) as device_count,
    devices.known_device_count / nullif(devices.device_count, 0) as device_share
from computers
cross join devices
