/*
grain = "one row per Auvik device of a mapped tenant that may be an Automate computer: which one, and how it is known"

[columns]
device_id       = "The Auvik device."
computer_id     = "The Automate computer that it is; null when several could be."
company_id      = "The PSA company of both."
confidence      = "certain, likely or ambiguous (several could be it)."
evidence        = "What decided, or what is ambiguous: serial number, same configuration or host name."
detail          = "What they agree in, in words."
candidate_count = "Computers that the evidence leads to."
*/
with
serial_hits as (
    select
        keys.company_id,
        keys.serial_key,
        count(*) as hit_count,
        min(keys.computer_id) as computer_id,
        min(keys.maker_key) as maker_key
    from core.computer_keys as keys
    where
        keys.company_id is not null
        and keys.serial_key is not null
    group by
        keys.company_id,
        keys.serial_key
),

name_hits as (
    select
        keys.company_id,
        keys.name_key,
        count(*) as hit_count,
        min(keys.computer_id) as computer_id
    from core.computer_keys as keys
    where
        keys.company_id is not null
        and keys.name_key is not null
    group by
        keys.company_id,
        keys.name_key
),

configuration_hits as (
    select
        links.configuration_id,
        count(*) as hit_count,
        min(links.computer_id) as computer_id
    from core.computer_configuration_links as links
    where links.configuration_id is not null
    group by links.configuration_id
),

found as (
    select
        keys.device_id,
        keys.company_id,
        keys.serial_key,
        keys.name_key,
        serial_hits.hit_count as serial_count,
        serial_hits.computer_id as serial_id,
        coalesce(serial_hits.maker_key <> keys.maker_key, false) as has_other_maker,
        configuration_hits.hit_count as configuration_count,
        configuration_hits.computer_id as configuration_computer_id,
        links.configuration_id,
        name_hits.hit_count as name_count,
        name_hits.computer_id as name_id
    from core.device_keys as keys
    left join serial_hits
        on
            keys.company_id = serial_hits.company_id
            and keys.serial_key = serial_hits.serial_key
    left join core.device_configuration_links as links
        on keys.device_id = links.device_id
    left join configuration_hits
        on links.configuration_id = configuration_hits.configuration_id
    left join name_hits
        on
            keys.company_id = name_hits.company_id
            and keys.name_key = name_hits.name_key
    where keys.company_id is not null
)

select
    found.device_id,
    case
        when found.serial_count = 1 then found.serial_id
        when found.serial_count > 1 then null
        when found.configuration_count = 1 then found.configuration_computer_id
        when found.name_count = 1 then found.name_id
    end as computer_id,
    found.company_id,
    case
        when found.serial_count = 1 and not found.has_other_maker then 'certain'
        when found.serial_count > 1 then 'ambiguous'
        when found.serial_count = 1 or found.configuration_count = 1 or found.name_count = 1 then 'likely'
        else 'ambiguous'
    end as confidence,
    case
        when found.serial_count >= 1 then 'serial number'
        when found.configuration_count = 1 then 'same configuration'
        else 'host name'
    end as evidence,
    case
        when found.serial_count = 1
            then found.serial_key
                || case when found.has_other_maker then ', though the makers differ' else '' end
        when found.serial_count > 1 then found.serial_key || ' in ' || found.serial_count || ' computers'
        when found.configuration_count = 1 then 'both are configuration ' || found.configuration_id
        when found.name_count = 1 then found.name_key
        else found.name_key || ' in ' || found.name_count || ' computers'
    end as detail,
    case
        when found.serial_count >= 1 then found.serial_count
        when found.configuration_count = 1 then 1
        else found.name_count
    end as candidate_count
from found
where
    found.serial_count >= 1
    or found.configuration_count = 1
    or found.name_count >= 1
