/*
title    = "Billed network devices and managed devices disagree"
severity = "high"
subject  = "psa.agreement_additions"
key      = ["company_id"]
why      = """The invoice does not follow the network: what Auvik manages and nobody bills is lost money, what \
           is billed and no longer managed is a complaint."""
remedy   = """Compare the rows behind the difference; correct the quantity of the additions on the company's \
           agreement, or what Auvik manages there."""
source   = "AV-B03; agreement additions against what is present"

[params]
# Devices by which the two may differ; five percent of what is managed always may.
tolerated_count = 1
# What the product or description of such an addition looks like, in lower case; a pattern of regular expressions.
product_pattern = "(network|firewall|switch|router|access point)"
# Auvik's classes, in lower case, that are billed as something else; a pattern of regular expressions.
other_class_pattern = "^(server|hypervisor|virtualmachine|workstation|thinclient|phone|ipphone|tablet|handheld)$"
*/
with
billed as (
    select
        agreements.company_id,
        sum(additions.quantity - coalesce(additions.less_included, 0)) as billed_count,
        list_sort(list(additions.addition_id)) as addition_ids
    from psa.agreement_additions as additions
    join psa.agreements as agreements
        on additions.agreement_id = agreements.agreement_id
    where
        regexp_matches(
            lower(coalesce(additions.product_name, '') || ' ' || coalesce(additions.description, '')),
            $product_pattern
        )
        and coalesce(agreements.agreement_status, 'Active') = 'Active'
        and not coalesce(agreements.is_cancelled, false)
        and coalesce(additions.effective_on <= $as_of, true)
        and coalesce(additions.cancelled_on > $as_of, true)
        and agreements.company_id is not null
    group by agreements.company_id
),

types as (
    select distinct lower(class_map.configuration_type_name) as type_key
    from auvik.sync_class_map as class_map
    where not regexp_matches(lower(class_map.device_type), $other_class_pattern)
),

recorded as (
    select
        configurations.company_id,
        configurations.configuration_id,
        coalesce(configurations.name, '(no name)') as name
    from psa.configurations as configurations
    join types
        on lower(configurations.configuration_type_name) = types.type_key
    where configurations.is_active
),

-- What Auvik manages, each with the active configuration that stands for it.
managed as (
    select
        tenants.company_id,
        devices.device_id,
        coalesce(devices.name, '(no name)') as name,
        links.configuration_id
    from auvik.devices as devices
    join core.tenant_links as tenants
        on devices.tenant_id = tenants.tenant_id
    left join core.device_configuration_links as links
        on devices.device_id = links.device_id
    where
        devices.is_managed
        and not regexp_matches(lower(coalesce(devices.device_type, '')), $other_class_pattern)
),

present as (
    select
        managed.company_id,
        count(*) as managed_count,
        list_sort(list(managed.name) filter (where recorded.configuration_id is null))[:50]
            as devices_without_configuration
    from managed
    left join recorded
        on managed.configuration_id = recorded.configuration_id
    group by managed.company_id
),

written as (
    select
        recorded.company_id,
        count(*) as configuration_count,
        list_sort(list(recorded.name) filter (where managed.device_id is null))[:50]
            as configurations_without_device
    from recorded
    left join (
        select
            managed.configuration_id,
            min(managed.device_id) as device_id
        from managed
        group by managed.configuration_id
    ) as managed
        on recorded.configuration_id = managed.configuration_id
    group by recorded.company_id
),

counted as (
    select
        billed.company_id,
        billed.billed_count,
        coalesce(present.managed_count, 0) as managed_count,
        coalesce(written.configuration_count, 0) as configuration_count,
        billed.addition_ids,
        present.devices_without_configuration,
        written.configurations_without_device
    from billed
    -- Where no tenant is mapped nothing is known of what is managed; auvik.tenant_unmapped speaks of it.
    semi join core.tenant_links as tenants
        on billed.company_id = tenants.company_id
    left join present
        on billed.company_id = present.company_id
    left join written
        on billed.company_id = written.company_id
)

select
    counted.company_id,
    counted.company_id as entity_id,
    coalesce(companies.name, 'company ' || counted.company_id) as entity_name,
    'The agreements of ' || coalesce(companies.name, 'company ' || counted.company_id) || ' bill '
    || printf('%g', counted.billed_count) || ' network devices, but Auvik manages '
    || counted.managed_count || ' and ' || counted.configuration_count
    || case when counted.configuration_count = 1 then ' is' else ' are' end || ' active in ConnectWise PSA.'
        as reason,
    counted.billed_count,
    counted.managed_count,
    counted.configuration_count,
    counted.addition_ids,
    counted.devices_without_configuration,
    counted.configurations_without_device
from counted
left join psa.companies as companies
    on counted.company_id = companies.company_id
where
    abs(counted.billed_count - counted.managed_count) > $tolerated_count
    and abs(counted.billed_count - counted.managed_count) > 0.05 * counted.managed_count + 0.0001
