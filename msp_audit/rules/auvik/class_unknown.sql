/*
title    = "Auvik reports a device class that this program does not know"
severity = "info"
subject  = "auvik.devices"
key      = ["device_type"]
why      = "No mapping for it can be declared until the settings name it, so its devices are predicted as having none."
remedy   = """Add the class to extra_classes in [auvik.sync] of the settings, and tell the makers of this \
           program."""
source   = "vendor's API description; AV-C06"
*/
select
    null::bigint as company_id,
    devices.device_type as entity_id,
    devices.device_type as entity_name,
    'Auvik reports the device class '
    || devices.device_type
    || ', which this program does not know.' as reason,
    devices.device_type,
    count(*) as device_count
from auvik.devices as devices
cross join auvik.sync_options as options
where
    devices.device_type is not null
    and not list_contains(coalesce(options.extra_classes, []), devices.device_type)
    and not list_contains([
        'unknown', 'switch', 'l3Switch', 'router', 'accessPoint', 'firewall', 'workstation', 'server',
        'storage', 'printer', 'copier', 'hypervisor', 'multimedia', 'phone', 'tablet', 'handheld',
        'virtualAppliance', 'bridge', 'controller', 'hub', 'modem', 'ups', 'module', 'loadBalancer',
        'camera', 'telecommunications', 'packetProcessor', 'chassis', 'airConditioner', 'virtualMachine',
        'pdu', 'ipPhone', 'backhaul', 'internetOfThings', 'voipSwitch', 'stack', 'backupDevice',
        'timeClock', 'lightingDevice', 'audioVisual', 'securityAppliance', 'utm', 'alarm',
        'buildingManagement', 'ipmi', 'thinAccessPoint', 'thinClient', 'inferredSwitch', 'inferredHub'
    ], devices.device_type)
group by devices.device_type
