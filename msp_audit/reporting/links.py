"""Links that open the very record that a finding is about, in the system it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from msp_audit.domain import Record

#: Column that names a record -> label of the link, system, and the template's word for the record.
_RECORDS: Mapping[str, tuple[str, str, str]] = {
    "computer_id": ("Automate", "automate_computer", ""),
    "configuration_id": ("PSA", "psa", "ConfigFv"),
    "company_id": ("PSA company", "psa", "CompanyFv"),
}
#: Tools that are sources of their own; the others go by their name in the settings.
_TOOLS = {"auvik": "Auvik", "ninjaone": "NinjaOne"}
#: An identifier as the vendors give them; anything else is no identifier and makes no link.
_ID = re.compile(r"[A-Za-z0-9+/=,_-]{1,120}")
_MOST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLinks:
    """Address of a record by system; an empty one makes no link. ``{id}`` stands for the record's id.

    The PSA's form is the vendor's own for mails (``openrecord.rails``); ``{record_type}`` is its screen.
    """

    psa: str = ""
    automate_computer: str = ""
    #: Hosts below which an address that Auvik sent along may lead.
    auvik_host: str = "auvik.com"
    #: The same for NinjaOne and the tools that are read from files, by their names.
    tool_hosts: Mapping[str, str] = field(default_factory=dict)

    def of(self, row: Record) -> list[tuple[str, str]]:
        """``(label, address)`` of what a finding with ``key`` and ``evidence`` is about."""
        found = dict.fromkeys(self._all(row))
        return list(found)[:_MOST]

    def company(self, company_id: int | None) -> str:
        """Address of a company in the PSA; empty where it cannot be linked."""
        return self._address("psa", company_id, "CompanyFv")

    def _all(self, row: Record) -> Iterator[tuple[str, str]]:
        key = row["key"] if isinstance(row["key"], Mapping) else {}
        evidence = row["evidence"] if isinstance(row["evidence"], Mapping) else {}
        about = {**evidence, **key}
        tool = str(evidence.get("monitored_by") or "auvik")
        host = self.auvik_host if tool == "auvik" else self.tool_hosts.get(tool, "")
        if _leads_to(address := evidence.get("dashboard_url"), host):
            yield _TOOLS.get(tool, tool), str(address)
        for column, (label, system, kind) in _RECORDS.items():
            if address := self._address(system, about.get(column), kind):
                yield label, address
        # Several records in one finding, as twins: each one's own link.
        if isinstance(many := evidence.get("configuration_ids"), list):
            for record_id in many[:_MOST]:
                if address := self._address("psa", record_id, "ConfigFv"):
                    yield f"PSA {record_id}", address

    def _address(self, system: str, record_id: object, kind: str) -> str:
        template = self.psa if system == "psa" else self.automate_computer
        if not template or record_id is None or not _ID.fullmatch(str(record_id)):
            return ""
        return template.replace("{record_type}", kind).replace("{id}", quote(str(record_id), safe=""))


def _leads_to(address: object, allowed: str) -> bool:
    """Whether *address* is an encrypted one at the host *allowed* or below it."""
    if not isinstance(address, str) or not allowed or re.search(r"[\s\"'<>\\]", address):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    host = parts.hostname or ""
    return parts.scheme == "https" and (host == allowed or host.endswith("." + allowed))
