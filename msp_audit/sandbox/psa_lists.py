"""The lists that the PSA stand-in offers, as data, and the kinds of their fields."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

#: Members that the vendor's references have; nearly all have only id and name.
_REFERENCE_MEMBERS = {
    "id": "number",
    "sort": "number",
    "level": "text",
    "chargeFirmFlag": "truth",
    "serializedFlag": "truth",
    **dict.fromkeys(
        ("name", "identifier", "type", "setupName", "question", "deviceIdentifier", "summary"), "text"
    ),
}
_INFO_TIMES = ("lastUpdated", "dateEntered")


@dataclass(frozen=True, kw_only=True)
class PsaList:
    """One list: where it is, what file it serves, below what it is nested."""

    resource: str
    #: With ``{parent}`` where the parent's id stands.
    path: str
    #: Resource whose record the list belongs to, and where its records name it.
    parent: str = ""
    parent_member: str = ""
    #: Where its counts are, below the list; the vendor is not consistent.
    counts: tuple[str, ...] = ("/count",)
    #: Lists without it ignore forward-only paging and send no link.
    has_forward_only: bool = True

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches the list, its count, or one of its records."""
        path = re.escape(self.path).replace(r"\{parent\}", r"(?P<parent>\d+)")
        counts = "|".join(map(re.escape, self.counts))
        one = r"/(?P<one>\d+)"
        ending = rf"(?:(?P<count>{counts})|{one})?" if counts else f"(?:{one})?"
        return re.compile(path + ending, re.IGNORECASE)


LISTS = (
    PsaList(resource="companies", path="/company/companies"),
    PsaList(resource="company_types", path="/company/companies/types"),
    PsaList(resource="company_statuses", path="/company/companies/statuses"),
    PsaList(
        resource="sites",
        path="/company/companies/{parent}/sites",
        parent="companies",
        parent_member="company.id",
    ),
    PsaList(
        resource="management_summaries",
        path="/company/companies/{parent}/managementSummaryReports",
        parent="companies",
        parent_member="company.id",
    ),
    PsaList(resource="configurations", path="/company/configurations"),
    PsaList(resource="configuration_types", path="/company/configurations/types"),
    PsaList(
        resource="configuration_type_questions",
        path="/company/configurations/types/{parent}/questions",
        parent="configuration_types",
        parent_member="configurationType.id",
    ),
    PsaList(resource="configuration_statuses", path="/company/configurations/statuses"),
    PsaList(resource="managed_devices_integrations", path="/company/managedDevicesIntegrations"),
    PsaList(
        resource="integration_cross_references",
        path="/company/managedDevicesIntegrations/{parent}/crossReferences",
        parent="managed_devices_integrations",
        parent_member="managedDevicesIntegration.id",
    ),
    # The second count stands in an odd place (vendor's API description 2025.1).
    PsaList(resource="manufacturers", path="/procurement/manufacturers", counts=("/count", "/count/info")),
    PsaList(resource="boards", path="/service/boards"),
    PsaList(resource="boards", path="/service/info/boards"),
    PsaList(
        resource="board_statuses",
        path="/service/boards/{parent}/statuses",
        parent="boards",
        parent_member="board.id",
    ),
    PsaList(
        resource="board_teams",
        path="/service/boards/{parent}/teams",
        parent="boards",
        parent_member="boardId",
    ),
    PsaList(resource="priorities", path="/service/priorities"),
    PsaList(resource="agreements", path="/finance/agreements"),
    PsaList(
        resource="agreement_additions",
        path="/finance/agreements/{parent}/additions",
        parent="agreements",
        parent_member="agreementId",
    ),
    PsaList(resource="security_rights", path="/system/mySecurity", counts=(), has_forward_only=False),
)


def kind_of_field(resource: str, name: str) -> str | None:
    """Kind of a field in a condition, ``status/name`` included; None where the vendor knows no such name."""
    first, _, rest = name.partition("/")
    # Both spellings are in use by the vendor's customers.
    if name == "lastUpdated":
        return "time"
    kind = _models()[resource].get(first)
    if not rest or kind is None:
        return None if kind == "list" else kind
    if kind == "reference":
        return _REFERENCE_MEMBERS.get(rest)
    return ("time" if rest in _INFO_TIMES else "text") if kind == "map" else None


def kind_of_child_field(resource: str, name: str) -> str | None:
    """Kind of a field in a child condition: a member of the items of an array."""
    first, _, rest = name.partition("/")
    if _models()[resource].get(first) != "list" or not rest:
        return None
    return _REFERENCE_MEMBERS.get(rest.partition("/")[0], "any")


@cache
def _models() -> Mapping[str, Mapping[str, str]]:
    document = tomllib.loads(files(__package__).joinpath("psa_models.toml").read_text(encoding="utf-8"))
    return {
        resource: {name: kind for kind, names in model.items() for name in names.split()}
        for resource, model in document.items()
    }
