/*
grain = "one row per Automate computer whose PSA configuration is known beyond doubt"

[columns]
computer_id = "The Automate computer."
configuration_id = "The PSA configuration that stands for it."
company_id = "The PSA company of the configuration."
evidence = "How it is known: asset sync, serial number or host name; the first of them that finds any."
detail = "What they agree in."
*/
select
    links.computer_id,
    links.configuration_id,
    links.company_id,
    links.evidence,
    links.detail
from core.computer_configuration_links as links
where links.configuration_id is not null
