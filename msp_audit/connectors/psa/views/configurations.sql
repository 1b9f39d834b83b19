/*
grain = "one row per PSA configuration (asset), active or not"

[columns]
configuration_id          = "The configuration's record id."
company_id                = "The company that has it."
name                      = "Name; RMM integrations write the host name."
configuration_type_id     = "Type, see psa.configuration_types."
configuration_type_name   = "Name of the type."
configuration_status_id   = "Status, see psa.configuration_statuses."
configuration_status_name = "Name of the status."
is_active                 = "The record's own active flag; the status may disagree."
site_id                   = "Site, see psa.sites."
site_name                 = "Name of the site."
device_identifier         = "The RMM's id of the device, written by integrations."
serial_number             = "Serial number exactly as stored; compare with good_serial()."
model_number              = "Model."
tag_number                = "Asset tag."
mac_address               = "As stored: may hold several, or half of one (25 letters fit)."
ip_address                = "IP address."
os_type                   = "Operating system."
manufacturer_id           = "Manufacturer, see psa.manufacturers."
manufacturer_name         = "Name of the manufacturer."
vendor_id                 = "The company it was bought from."
vendor_name               = "Name of that company."
management_link           = "Address of the device in the tool that manages it."
parent_configuration_id   = "The configuration it is part of."
is_billed                 = "Billed to the customer."
warranty_expires_on       = "Last day of the warranty."
installed_on              = "Day of the installation."
created_at                = "When the record was made."
updated_at                = "When the record was changed last."
*/
select
    landed.item.id as configuration_id,
    landed.item.company.id as company_id,
    clean(landed.item.name) as name,
    landed.item.type.id as configuration_type_id,
    clean(landed.item.type.name) as configuration_type_name,
    landed.item.status.id as configuration_status_id,
    clean(landed.item.status.name) as configuration_status_name,
    landed.item.activeflag as is_active,
    landed.item.site.id as site_id,
    clean(landed.item.site.name) as site_name,
    clean(landed.item.deviceidentifier) as device_identifier,
    nullif(landed.item.serialnumber, '') as serial_number,
    clean(landed.item.modelnumber) as model_number,
    clean(landed.item.tagnumber) as tag_number,
    clean(landed.item.macaddress) as mac_address,
    clean(landed.item.ipaddress) as ip_address,
    clean(landed.item.ostype) as os_type,
    landed.item.manufacturer.id as manufacturer_id,
    clean(landed.item.manufacturer.name) as manufacturer_name,
    landed.item.vendor.id as vendor_id,
    clean(landed.item.vendor.name) as vendor_name,
    clean(landed.item.managementlink) as management_link,
    landed.item.parentconfigurationid as parent_configuration_id,
    landed.item.billflag as is_billed,
    utc(landed.item.warrantyexpirationdate)::date as warranty_expires_on,
    utc(landed.item.installationdate)::date as installed_on,
    utc(landed.item._info.dateentered) as created_at,
    utc(landed.item._info.lastupdated) as updated_at
from (
    select from_json(records.payload, '{
        "id": "BIGINT",
        "company": {"id": "BIGINT"},
        "name": "VARCHAR",
        "type": {"id": "BIGINT", "name": "VARCHAR"},
        "status": {"id": "BIGINT", "name": "VARCHAR"},
        "activeFlag": "BOOLEAN",
        "site": {"id": "BIGINT", "name": "VARCHAR"},
        "deviceIdentifier": "VARCHAR",
        "serialNumber": "VARCHAR",
        "modelNumber": "VARCHAR",
        "tagNumber": "VARCHAR",
        "macAddress": "VARCHAR",
        "ipAddress": "VARCHAR",
        "osType": "VARCHAR",
        "manufacturer": {"id": "BIGINT", "name": "VARCHAR"},
        "vendor": {"id": "BIGINT", "name": "VARCHAR"},
        "managementLink": "VARCHAR",
        "parentConfigurationId": "BIGINT",
        "billFlag": "BOOLEAN",
        "warrantyExpirationDate": "VARCHAR",
        "installationDate": "VARCHAR",
        "_info": {"lastUpdated": "VARCHAR", "dateEntered": "VARCHAR"}
    }') as item
    from landing.configurations as records
) as landed
where landed.item.id is not null
