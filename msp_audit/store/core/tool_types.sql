/*
grain = "one row per monitoring tool, NinjaOne or one that is read from files, and PSA configuration type of which it should know every active one"

[columns]
tool                    = "The monitoring tool."
configuration_type_name = "The name of the configuration type, as the settings write it."

[parts]
files    = ["files.covered_types"]
ninjaone = ["ninjaone.covered_types"]
*/
select
    covered.tool,
    covered.configuration_type_name
from files.covered_types as covered
union all
select
    'ninjaone' as tool,
    covered.configuration_type_name
from ninjaone.covered_types as covered
