/*
grain = "one row per group of a management tool that is mapped to a PSA company (Companies > Management)"

[columns]
management_summary_id = "The mapping's record id."
company_id            = "The company it is mapped to."
group_identifier      = "The tool's id of its customer."
solution_name         = "Name of the management solution."
setup_name            = "Name of its setup."
agreement_id          = "Agreement whose additions the tool keeps up."
device_type           = "Which devices it covers."
*/
select
    landed.item.id as management_summary_id,
    landed.item.company.id as company_id,
    clean(landed.item.groupidentifier) as group_identifier,
    clean(landed.item.managementsolution.name) as solution_name,
    clean(landed.item.managementsolution.setupname) as setup_name,
    landed.item.agreement.id as agreement_id,
    clean(landed.item.devicetype) as device_type
from (
    select from_json(records.payload, '{
        "id": "BIGINT",
        "company": {"id": "BIGINT"},
        "groupIdentifier": "VARCHAR",
        "managementSolution": {"name": "VARCHAR", "setupName": "VARCHAR"},
        "agreement": {"id": "BIGINT"},
        "deviceType": "VARCHAR"
    }') as item
    from landing.management_summaries as records
) as landed
where landed.item.id is not null
