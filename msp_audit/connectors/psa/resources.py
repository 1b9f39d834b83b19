"""The lists of ConnectWise PSA that are read, as data; paths as in the vendor's API description 2025.1."""

from __future__ import annotations

from dataclasses import dataclass

from msp_audit.connectors.base import Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """One line of a security role, in the words of its screen."""

    module: str
    function: str
    #: Entries of the function's *customize* list that are needed, when it is customised.
    items: tuple[str, ...] = ()

    def __str__(self) -> str:
        items = f" ({', '.join(self.items)})" if self.items else ""
        return f"{self.module} > {self.function}{items}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PsaResource(Resource):
    """A list, the right it needs, and how its nested records name their parent."""

    needs: Right | None = None
    #: Whether the list has a ``/count`` beside it.
    has_count: bool = True
    #: Member that names the parent; filled in when the server leaves it out. ``company.id`` or ``boardId``.
    parent_member: str = ""


COMPANY_MAINTENANCE = Right(module="Companies", function="Company Maintenance")
CONFIGURATIONS = Right(module="Companies", function="Configurations")
AGREEMENTS = Right(module="Finance", function="Agreements")


def _table_setup(*items: str) -> Right:
    return Right(module="System", function="Table Setup", items=items)


def _words(right: Right) -> str:
    return f"Grant the API member's security role Inquire Level All on {right}."


def _list(
    name: str,
    path: str,
    *,
    needs: Right,
    parent: str | None = None,
    parent_member: str = "",
    key: tuple[str, ...] = ("id",),
    fields: str = "",
) -> PsaResource:
    return PsaResource(
        name=name,
        path=path,
        needs=needs,
        right=_words(needs),
        parent=parent,
        parent_member=parent_member,
        key=key,
        fields=tuple(fields.split()),
    )


#: The only members that are kept of the heaviest records: free text (notes), people and prices stay outside.
_CONFIGURATION_FIELDS = """
    id name type status company site deviceIdentifier serialNumber modelNumber tagNumber purchaseDate
    installationDate warrantyExpirationDate macAddress billFlag ipAddress osType osInfo parentConfigurationId
    vendor manufacturer manufacturerPartNumber questions activeFlag managementLink remoteLink showRemoteFlag
    showAutomateFlag needsRenewalFlag location department customFields _info
"""
_AGREEMENT_FIELDS = """
    id name type company site parentAgreement location department startDate endDate noEndingDateFlag
    cancelledFlag dateCancelled reasonCancelled applicationUnits applicationLimit applicationCycle
    billingCycle agreementStatus customFields _info
"""
_COMPANY_FIELDS = """
    id identifier name status type types site territory market parentCompany city state country website
    leadFlag isVendorFlag deletedFlag dateDeleted dateAcquired integratorTags timeZoneSetup
    numberOfEmployees customFields _info
"""

#: Rights first: they say how far the rest can be trusted. A parent stands before its nested lists.
RESOURCES: tuple[PsaResource, ...] = (
    PsaResource(
        name="security_rights",
        path="/system/mySecurity",
        # The vendor's description has no count for it.
        has_count=False,
        right="Let the API member see its own security rights.",
    ),
    _list("companies", "/company/companies", needs=COMPANY_MAINTENANCE, fields=_COMPANY_FIELDS),
    _list("company_types", "/company/companies/types", needs=_table_setup("Company / Company Type")),
    _list("company_statuses", "/company/companies/statuses", needs=_table_setup("Company / Company Status")),
    _list(
        "sites",
        "/company/companies/{parent}/sites",
        needs=COMPANY_MAINTENANCE,
        parent="companies",
        parent_member="company.id",
    ),
    _list("configurations", "/company/configurations", needs=CONFIGURATIONS, fields=_CONFIGURATION_FIELDS),
    _list(
        "configuration_types", "/company/configurations/types", needs=_table_setup("Company / Configuration")
    ),
    _list(
        "configuration_type_questions",
        "/company/configurations/types/{parent}/questions",
        needs=_table_setup("Company / Configuration"),
        parent="configuration_types",
        parent_member="configurationType.id",
    ),
    _list(
        "configuration_statuses",
        "/company/configurations/statuses",
        needs=_table_setup("Company / Configuration Status"),
    ),
    _list("manufacturers", "/procurement/manufacturers", needs=_table_setup("Procurement / Manufacturer")),
    _list("boards", "/service/boards", needs=_table_setup("Service / Service Board")),
    _list(
        "board_statuses",
        "/service/boards/{parent}/statuses",
        needs=_table_setup("Service / Service Board"),
        parent="boards",
        parent_member="board.id",
    ),
    _list(
        "board_teams",
        "/service/boards/{parent}/teams",
        needs=_table_setup("Service / Service Board"),
        parent="boards",
        parent_member="boardId",
    ),
    _list("priorities", "/service/priorities", needs=_table_setup("Service / Priority")),
    _list("agreements", "/finance/agreements", needs=AGREEMENTS, fields=_AGREEMENT_FIELDS),
    _list(
        "agreement_additions",
        "/finance/agreements/{parent}/additions",
        needs=AGREEMENTS,
        parent="agreements",
        parent_member="agreementId",
    ),
    _list(
        "managed_devices_integrations",
        "/company/managedDevicesIntegrations",
        needs=_table_setup("Company / Managed Devices Integration"),
    ),
    _list(
        "integration_cross_references",
        "/company/managedDevicesIntegrations/{parent}/crossReferences",
        needs=_table_setup("Company / Managed Devices Integration"),
        parent="managed_devices_integrations",
        parent_member="managedDevicesIntegration.id",
    ),
    _list(
        "management_summaries",
        "/company/companies/{parent}/managementSummaryReports",
        needs=COMPANY_MAINTENANCE,
        parent="companies",
        parent_member="company.id",
        key=("company.id", "id"),
    ),
)
