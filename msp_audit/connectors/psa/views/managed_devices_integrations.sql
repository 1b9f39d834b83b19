/*
grain = "one row per integration of a management tool (Setup Tables > Managed Devices Integration)"

[columns]
integration_id                = "The integration's record id."
name                          = "Name."
solution                      = "Name of the management solution."
login_by                      = "Global or Member."
default_billing_level         = "Detail or Summary."
integrator_login_name         = "Integrator login that the tool writes with."
matches_on_serial_number      = "Devices are matched to configurations by serial number too."
disables_new_cross_references = "Unknown device types are not added to the cross references."
*/
select
    landed.item.id as integration_id,
    clean(landed.item.name) as name,
    clean(landed.item.solution) as solution,
    clean(landed.item.loginby) as login_by,
    clean(landed.item.defaultbillinglevel) as default_billing_level,
    clean(landed.item.integratorlogin.name) as integrator_login_name,
    landed.item.matchonserialnumberflag as matches_on_serial_number,
    landed.item.disablenewcrossreferencesflag as disables_new_cross_references
from (
    select from_json(records.payload, '{
        "id": "BIGINT",
        "name": "VARCHAR",
        "solution": "VARCHAR",
        "loginBy": "VARCHAR",
        "defaultBillingLevel": "VARCHAR",
        "integratorLogin": {"name": "VARCHAR"},
        "matchOnSerialNumberFlag": "BOOLEAN",
        "disableNewCrossReferencesFlag": "BOOLEAN"
    }') as item
    from landing.managed_devices_integrations as records
) as landed
where landed.item.id is not null
