/*
grain = "one row per right of the API member itself (what msp-audit may see)"

[columns]
security_right_id    = "The right's record id."
module_name          = "Module of the security role."
function_name        = "Function within the module."
function_description = "The function in words."
inquire_level        = "None, My or All; below All, records are hidden without an error."
add_level            = "None, My or All."
edit_level           = "None, My or All."
is_customized        = "Restricted further by the function's customize list."
*/
select
    landed.item.id as security_right_id,
    coalesce(
        clean(landed.item.modulename),
        clean(landed.item.moduledescription),
        clean(landed.item.moduleidentifier)
    ) as module_name,
    coalesce(
        clean(landed.item.modulefunctionname), clean(landed.item.modulefunctionidentifier)
    ) as function_name,
    clean(landed.item.modulefunctiondescription) as function_description,
    clean(landed.item.inquirelevel) as inquire_level,
    clean(landed.item.addlevel) as add_level,
    clean(landed.item.editlevel) as edit_level,
    landed.item.customflag as is_customized
from (
    select from_json(records.payload, '{
        "id": "BIGINT",
        "moduleName": "VARCHAR",
        "moduleDescription": "VARCHAR",
        "moduleIdentifier": "VARCHAR",
        "moduleFunctionName": "VARCHAR",
        "moduleFunctionIdentifier": "VARCHAR",
        "moduleFunctionDescription": "VARCHAR",
        "inquireLevel": "VARCHAR",
        "addLevel": "VARCHAR",
        "editLevel": "VARCHAR",
        "customFlag": "BOOLEAN"
    }') as item
    from landing.security_rights as records
) as landed
where landed.item.id is not null
