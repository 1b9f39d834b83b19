/*
grain = "one row per device in NinjaOne's list, whatever its class and approval"

[columns]
device_id        = "Its id in NinjaOne."
organisation_id  = "The organisation that it belongs to."
location_id      = "The location that it stands at."
parent_device_id = "The device through which NinjaOne sees it, as the host of a virtual machine."
name             = "Its host name: as the system says, else from DNS, else the name for display, else NetBIOS, which is cut."
display_name     = "The name that people see in NinjaOne."
node_class       = "Its class, in NinjaOne's words: WINDOWS_SERVER, NMS_SWITCH, UNMANAGED_DEVICE …"
kind             = "server, workstation, network or other, by its class."
approval_status  = "PENDING, STAGED, APPROVED or DECOMMISSIONED."
is_managed       = "Whether it is approved and more than a name: not an unmanaged device, and not a guest that is only seen through its host."
is_online        = "Whether it is online; null where NinjaOne does not say."
ip_addresses     = "Its addresses."
last_seen_at     = "Its last contact with NinjaOne."
last_data_at     = "When it last sent data."
created_at       = "When NinjaOne came to know it."
dashboard_url    = "Its page in NinjaOne, made from the settings' address: no list tells it."
*/
select
    landed.item.id as device_id,
    landed.item.organizationId as organisation_id,
    landed.item.locationId as location_id,
    landed.item.parentDeviceId as parent_device_id,
    coalesce(
        clean(landed.item.systemName),
        clean(landed.item.dnsName),
        clean(landed.item.displayName),
        clean(landed.item.netbiosName)
    ) as name,
    clean(landed.item.displayName) as display_name,
    landed.item.nodeClass as node_class,
    case
        when
            landed.item.nodeClass in (
                'WINDOWS_SERVER',
                'LINUX_SERVER',
                'MAC_SERVER',
                'VMWARE_VM_HOST',
                'HYPERV_VMM_HOST',
                'NMS_SERVER',
                'NMS_VM_HOST'
            )
            then 'server'
        when
            landed.item.nodeClass in ('WINDOWS_WORKSTATION', 'LINUX_WORKSTATION', 'MAC', 'NMS_COMPUTER')
            then 'workstation'
        when
            landed.item.nodeClass in (
                'NMS_SWITCH',
                'NMS_ROUTER',
                'NMS_FIREWALL',
                'NMS_PRIVATE_NETWORK_GATEWAY',
                'NMS_WAP',
                'NMS_DIAL_MANAGER',
                'NMS_IPSLA'
            )
            then 'network'
        when landed.item.nodeClass is not null then 'other'
    end as kind,
    landed.item.approvalStatus as approval_status,
    coalesce(landed.item.approvalStatus = 'APPROVED', true)
    and coalesce(
        landed.item.nodeClass not in ('UNMANAGED_DEVICE', 'VMWARE_VM_GUEST', 'HYPERV_VMM_GUEST'), true
    ) as is_managed,
    not landed.item.offline as is_online,
    list_sort(landed.item.ipAddresses) as ip_addresses,
    -- Seconds since 1970; what lies beyond the year 2100 is no such number.
    case
        when landed.item.lastContact between 1 and 4102444800
            then make_timestamp((landed.item.lastContact * 1000000)::bigint)
    end as last_seen_at,
    case
        when landed.item.lastUpdate between 1 and 4102444800
            then make_timestamp((landed.item.lastUpdate * 1000000)::bigint)
    end as last_data_at,
    case
        when landed.item.created between 1 and 4102444800
            then make_timestamp((landed.item.created * 1000000)::bigint)
    end as created_at,
    landed.item.dashboardUrl as dashboard_url
from (
    select
        from_json(
            records.payload,
            '{"id":"VARCHAR", "organizationId":"VARCHAR", "locationId":"VARCHAR",
              "parentDeviceId":"VARCHAR", "systemName":"VARCHAR", "dnsName":"VARCHAR",
              "displayName":"VARCHAR", "netbiosName":"VARCHAR", "nodeClass":"VARCHAR",
              "approvalStatus":"VARCHAR", "offline":"BOOLEAN", "ipAddresses":["VARCHAR"],
              "lastContact":"DOUBLE", "lastUpdate":"DOUBLE", "created":"DOUBLE",
              "dashboardUrl":"VARCHAR"}'
        ) as item
    from landing.devices as records
) as landed
where landed.item.id is not null
