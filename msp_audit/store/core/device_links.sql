/*
grain = "one row per Auvik device whose PSA configuration is known beyond doubt"

[columns]
device_id = "The Auvik device."
configuration_id = "The PSA configuration that stands for it."
company_id = "The PSA company of the configuration."
evidence = "How it is known: device ID, serial number or device name; the first of them that finds any."
detail = "What they agree in."
*/
select
    links.device_id,
    links.configuration_id,
    links.company_id,
    links.evidence,
    links.detail
from core.device_configuration_links as links
where links.configuration_id is not null
