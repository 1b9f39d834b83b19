/*
grain = "one row per device of which NinjaOne knows the hardware"

[columns]
device_id           = "The device's id in NinjaOne."
manufacturer        = "Its maker."
model               = "Its model."
serial_number       = "Its serial number, as read; placeholders such as 'Default string' occur."
bios_serial_number  = "The serial number that the BIOS tells."
asset_serial_number = "The one of its casing; shown, and nothing is linked by it."
is_virtual          = "Whether it is a virtual machine."
chassis_type        = "The kind of its casing."
*/
select
    landed.item.deviceId as device_id,
    clean(landed.item.manufacturer) as manufacturer,
    clean(landed.item.model) as model,
    nullif(landed.item.serialNumber, '') as serial_number,
    nullif(landed.item.biosSerialNumber, '') as bios_serial_number,
    nullif(landed.item.assetSerialNumber, '') as asset_serial_number,
    landed.item.virtualMachine as is_virtual,
    clean(landed.item.chassisType) as chassis_type
from (
    select
        from_json(
            records.payload,
            '{"deviceId":"VARCHAR", "manufacturer":"VARCHAR", "model":"VARCHAR",
              "serialNumber":"VARCHAR", "biosSerialNumber":"VARCHAR",
              "assetSerialNumber":"VARCHAR", "virtualMachine":"BOOLEAN", "chassisType":"VARCHAR"}'
        ) as item
    from landing.computer_systems as records
) as landed
where landed.item.deviceId is not null
