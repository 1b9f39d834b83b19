/*
grain = "one row per Automate client, Auvik tenant and organisation of another monitoring tool: which PSA company each is, and how it is known"

[columns]
from_source         = "automate for a client, auvik for a tenant, ninjaone or a tool of [files] for an organisation."
from_id             = "Its id there."
company_id          = "The PSA company; null when none is known beyond doubt."
confidence          = "certain, likely, ambiguous (several could be it) or none."
evidence            = "What decided, or what is ambiguous; null when nothing agrees."
detail              = "What they agree in, in words."
shared_serial_count = "Its assets whose serial number a configuration of the company has."

[parts]
automate = ["core.client_company_links"]
auvik = ["core.tenant_company_links"]
tools = ["core.organisation_company_links"]
*/
select
    'automate' as from_source,
    links.client_id::varchar as from_id,
    links.company_id,
    links.confidence,
    links.evidence,
    links.detail,
    links.shared_serial_count
from core.client_company_links as links
union all
select
    'auvik' as from_source,
    links.tenant_id as from_id,
    links.company_id,
    links.confidence,
    links.evidence,
    links.detail,
    links.shared_serial_count
from core.tenant_company_links as links
union all
select
    links.tool as from_source,
    links.organisation_id as from_id,
    links.company_id,
    links.confidence,
    links.evidence,
    links.detail,
    links.shared_serial_count
from core.organisation_company_links as links
