"""Every list of Automate as data: our name, the physical table behind it, its columns, which are required."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from msp_audit.connectors.base import Resource

#: Members of REST models that hold log-ins. Only mapped members are landed, so this is a second fence.
SECRETS = (
    "Password",
    "ScriptPassword",
    "ScriptUsername",
    "DeployUsername",
    "DeployPassword",
    "SnmpCommunity",
    "SNMPCommunity",
    "SnmpReadCommunity",
    "SnmpWriteCommunity",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One resource and how to get it."""

    resource: Resource
    #: Columns that a rule judges by; a list that lacks one is *partial*, and those rules are not evaluated.
    required: tuple[str, ...]
    #: Path below ``/cwa/api/v1``; None where REST does not offer the list.
    rest_path: str | None = None
    #: Member that REST orders by while paging.
    rest_order: str = "Id"

    @property
    def name(self) -> str:
        """Our name of the list."""
        return self.resource.name

    @property
    def physical(self) -> str:
        """The table in Automate's database, and the name of its export."""
        return self.resource.path

    @property
    def columns(self) -> tuple[str, ...]:
        """What is landed of it; anything else a file holds is passed over (it may be a password)."""
        return self.resource.fields


def _table(
    name: str,
    physical: str,
    *,
    required: str,
    optional: str = "",
    key: str = "",
    rest: tuple[str, str] | None = None,
) -> Table:
    """Columns as words: short to read, and the physical spelling in one place."""
    return Table(
        resource=Resource(
            name=name,
            path=physical,
            key=tuple(key.split()),
            fields=tuple((required + " " + optional).split()),
            secrets=SECRETS if rest else (),
            right=f"reading {name.replace('_', ' ')} in Automate",
        ),
        required=tuple(required.split()),
        rest_path=rest[0] if rest else None,
        rest_order=rest[1] if rest else "",
    )


CORE_TABLES = (
    _table(
        "clients", "clients", key="ClientID",
        required="ClientID Name ExternalID", optional="City",
        rest=("/Clients", "Id"),
    ),
    _table(
        "locations", "locations", key="LocationID",
        required="LocationID ClientID Name ExternalID", optional="City",
        rest=("/Locations", "Id"),
    ),
    _table(
        "computers", "computers", key="ComputerID",
        required="ComputerID ClientID LocationID Name OS BiosVer LastContact",
        optional="Domain ServiceVersion LocalAddress MAC BiosMFG BiosName Flags DateAdded LastInventory",
        rest=("/Computers", "Id"),
    ),
    _table(
        "network_devices", "networkdevices", key="DeviceID",
        required="DeviceID LocationID Name",
        optional="DeviceType IPAddress MAC ManufacturerName ModelName LastContact DateAdded",
        rest=("/NetworkDevices", "Id"),
    ),
    _table(
        "retired_assets", "retiredassets", key="AssetID",
        required="AssetID ClientID Name ComputerID", optional="LocationID OS RetiredDate RetireComment",
        rest=("/RetiredAssets", "Id"),
    ),
    _table(
        "tickets", "tickets", key="TicketID",
        required="TicketID ClientID Status ExternalID StartedDate",
        optional="LocationID ComputerID Priority Subject UpdateDate",
        rest=("/Tickets", "TicketId"),
    ),
    _table("ticket_statuses", "ticketstatus", key="TicketStatusID", required="TicketStatusID TicketStatus"),
    _table("ticket_priorities", "ticketpriority", key="Priority", required="Priority Name"),
    _table("ticket_categories", "infocategory", key="ID", required="ID CategoryName"),
)  # fmt: skip

#: The ConnectWise plugin's own tables. None of them can be reached over REST.
PLUGIN_TABLES = (
    _table(
        "plugin_companies", "plugin_cw_allcwcompanies", key="CWCompanyRecID",
        required="CWCompanyRecID CWCompanyName", optional="CWCompanyID CWCompanyStatus LastUpdate",
    ),
    _table(
        "client_mappings", "plugin_cw_clientmapping",
        required="ClientID CWCompanyRecID ManagedServiceTemplateID",
        optional="CWCompanyName CWAgreementRecID LastUpdate",
    ),
    _table(
        "site_mappings", "plugin_cw_sitemapping",
        required="LocationID CWSiteRecID", optional="CWCompanyRecID LastUpdate",
    ),
    _table(
        "ignored_entities", "plugin_cw_ignoredentities",
        required="TargetType LTTargetID CWTargetRecID",
    ),
    _table(
        "asset_syncs", "plugin_cw_lastassetsync",
        required="TargetType LTTargetID CWConfigRecID", optional="LastSync",
    ),
    _table(
        "plugin_configuration_types", "plugin_cw_configurationtypes", key="CWConfigTypeRecID",
        required="CWConfigTypeRecID CWConfigTypeName",
    ),
    _table(
        "asset_templates", "plugin_cw_assettemplates", key="AssetTemplateID",
        required="AssetTemplateID Name CWConfigTypeRecID",
    ),
    _table(
        "asset_template_assignments", "plugin_cw_assettemplateassignments",
        required="AssetTemplateID", optional="GroupID",
    ),
    _table(
        "service_templates", "plugin_cw_managedservicetemplates", key="ManagedServiceTemplateID",
        required="ManagedServiceTemplateID Name",
    ),
    _table(
        "plugin_boards", "plugin_cw_serviceboards", key="CWServiceBoardRecID",
        required="CWServiceBoardRecID CWServiceBoardName",
    ),
    _table(
        "plugin_statuses", "plugin_cw_servicestatuses", key="CWServiceStatusRecID",
        required="CWServiceStatusRecID CWServiceBoardRecID CWServiceStatusName Inactive",
    ),
    _table(
        "status_mappings_from_psa", "plugin_cw_cwstatusmapping",
        required="CWServiceStatusRecID TicketStatusID",
    ),
    _table(
        "status_mappings_to_psa", "plugin_cw_ltstatusmapping",
        required="TicketStatusID CWServiceStatusRecID CWServiceBoardRecID",
    ),
    _table(
        "plugin_priorities", "plugin_cw_servicepriorities", key="CWServicePriorityRecID",
        required="CWServicePriorityRecID CWServicePriorityName",
    ),
    _table(
        "priority_mappings_from_psa", "plugin_cw_cwtolabtechservicepriorityxrefs",
        required="CWServicePriorityRecID Priority",
    ),
    _table(
        "priority_mappings_to_psa", "plugin_cw_servicepriorityxrefs",
        required="Priority CWServicePriorityRecID",
    ),
    _table(
        "category_mappings", "plugin_cw_categorymapping",
        required="CategoryID CWServiceBoardRecID",
        optional="CWPriorityRecID CWServiceTypeRecID CWSubTypeRecID CWItemRecID CWWorkTypeRecID",
    ),
    _table(
        "ticket_failures", "plugin_cw_ticket_failures",
        required="TicketID LastFailureMessage", optional="LastAttempt",
    ),
)  # fmt: skip

TABLES: Mapping[str, Table] = {table.name: table for table in (*CORE_TABLES, *PLUGIN_TABLES)}

#: Declared in the settings: which code of the plugin means which kind of entity.
ENTITY_TYPES = Resource(name="entity_types", key=("entity_kind",), fields=("entity_kind", "entity_type_code"))

#: Declared in the settings: clients that are left out, by id or pattern of the name.
CLIENT_EXCLUSIONS = Resource(
    name="client_exclusions", key=("exclusion",), fields=("exclusion", "client_id", "name_pattern")
)
#: Which way each list came, and the zone of the times that it writes without one.
LIST_WAYS = Resource(name="list_ways", key=("resource",), fields=("resource", "way", "time_zone"))

RESOURCES = (*(table.resource for table in TABLES.values()), ENTITY_TYPES, CLIENT_EXCLUSIONS, LIST_WAYS)
