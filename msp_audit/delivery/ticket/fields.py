"""Turns the names in the settings into record ids of the PSA, before anything is written."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from msp_audit.connectors.http import Forbidden, Missing
from msp_audit.connectors.psa.tickets import TicketApi
from msp_audit.delivery.ticket.rights import missing_rights
from msp_audit.domain import Record, Severity
from msp_audit.errors import DeliveryError
from msp_audit.settings import TicketSettings

#: Setting -> member of a ticket, and the list below the board that holds it.
_OF_THE_BOARD = {
    "team": ("team", "teams"),
    "type": ("type", "types"),
    "subtype": ("subType", "subtypes"),
    "item": ("item", "items"),
}


class Fields:
    """Ids for everything that the settings name."""

    def __init__(self, api: TicketApi, settings: TicketSettings) -> None:
        self._api = api
        self._settings = settings
        self._references: dict[str, int] = {}
        self._priorities: dict[Severity, int] = {}
        self._statuses: dict[int, list[Record]] = {}
        self._companies: dict[int, bool] = {}
        self._company = 0
        self._contact: int | None = None

    def resolve(self) -> Sequence[str]:
        """Look every name up, and the rights; returns what a person should know.

        Raises:
            DeliveryError: something is not there; all of it is named at once.
        """
        complaints: list[str] = []
        lacking = missing_rights(self._api.rights(), has_contact=self._settings.contact is not None)
        hidden = [item for item in lacking if item.hides]
        if hidden:
            raise DeliveryError(
                f"No ticket was written: {hidden[0]} With less, tickets are hidden, and hidden ones would be"
                " made again."
            )
        self._references.clear()
        board = self._named("board", self._boards, complaints)
        if board is not None:
            self._references["board"] = board
            self._resolve_board(board, complaints)
        self._resolve_lists(complaints)
        if complaints:
            raise DeliveryError("No ticket was written. In [tickets]: " + " ".join(complaints))
        return [str(item) for item in lacking]

    def references(self, worst: Severity, *, company_id: int) -> dict[str, dict[str, int]]:
        """The members of a new ticket that name records."""
        ids = dict(self._references)
        if worst in self._priorities:
            ids["priority"] = self._priorities[worst]
        # A contact works for one company, and is refused for any other.
        if self._contact is not None and company_id == self._company:
            ids["contact"] = self._contact
        return {name: {"id": value} for name, value in ids.items()}

    def company(self, company_id: int | None) -> int:
        """*company_id* where it takes tickets; the MSP's own company else."""
        if company_id is None:
            return self._company
        if company_id not in self._companies:
            found = self._api.records("/company/companies", conditions=f"id = {company_id}")
            self._companies[company_id] = any(not record.get("deletedFlag") for record in found)
        return company_id if self._companies[company_id] else self._company

    def is_closed(self, *, board_id: int | None, status_id: int | None, status_name: str) -> bool:
        """Whether a status counts as closed, on its own board or by the settings."""
        states = self._settings.closed_ticket_states
        if status_id in states or _word(status_name) in {_word(state) for state in states}:
            return True
        if board_id is None:
            return False
        return any(s.get("id") == status_id and s.get("closedStatus") for s in self._statuses_of(board_id))

    def status_for(self, board_id: int | None, *, is_closed: bool) -> int:
        """An open or closed status of a ticket's own board: the one of the settings where that board has it.

        Raises:
            DeliveryError: the board has none.
        """
        usable = [
            status
            for status in self._statuses_of(board_id or self._references["board"])
            if not status.get("inactive") and bool(status.get("closedStatus")) is is_closed
        ]
        wanted = self._settings.resolved_state if is_closed else self._settings.new_state
        chosen = _match(wanted, usable) if wanted is not None else None
        default = "escalationStatus" if is_closed else "defaultFlag"
        marked = [s for s in usable if s.get(default) in (True, "Resolved")]
        candidates = [chosen] if chosen else marked or sorted(usable, key=lambda s: s.get("sortOrder") or 0)
        if not candidates:
            kind = "closed" if is_closed else "open"
            raise DeliveryError(f"The board {board_id} has no {kind} status in use.")
        return int(candidates[0]["id"])

    @cached_property
    def _boards(self) -> list[Record]:
        try:
            return self._api.records("/service/boards")
        except (Forbidden, Missing):
            # Works with the right to tickets where that to the setup tables is missing.
            return self._api.records("/service/info/boards")

    def _statuses_of(self, board_id: int) -> list[Record]:
        if board_id not in self._statuses:
            self._statuses[board_id] = self._api.records(f"/service/boards/{board_id}/statuses")
        return self._statuses[board_id]

    def _resolve_board(self, board: int, complaints: list[str]) -> None:
        for setting, (member, name) in _OF_THE_BOARD.items():
            if getattr(self._settings, setting) is None:
                continue
            records = self._api.records(f"/service/boards/{board}/{name}")
            found = self._named(setting, records, complaints, where=" of that board")
            if found is not None:
                self._references[member] = found
        usable = [status for status in self._statuses_of(board) if not status.get("inactive")]
        for setting in ("status", "new_state", "resolved_state"):
            if getattr(self._settings, setting) is not None:
                found = self._named(setting, usable, complaints, where=" of that board")
                if found is not None and setting == "status":
                    self._references["status"] = found

    def _resolve_lists(self, complaints: list[str]) -> None:
        settings = self._settings
        if settings.priority is not None or settings.priority_by_severity:
            priorities = self._api.records("/service/priorities")
            if settings.priority is not None:
                found = self._named("priority", priorities, complaints)
                self._references |= {"priority": found} if found is not None else {}
            for severity, wanted in settings.priority_by_severity.items():
                record = _match(wanted, priorities)
                if record is None:
                    complaints.append(_unknown(f"priority_by_severity.{severity}", wanted, priorities, ""))
                else:
                    self._priorities[severity] = int(record["id"])
        if settings.source is not None:
            found = self._named("source", self._api.records("/service/sources"), complaints)
            self._references |= {"source": found} if found is not None else {}
        self._resolve_company(complaints)

    def _resolve_company(self, complaints: list[str]) -> None:
        wanted = self._settings.company
        if isinstance(wanted, int):
            conditions = f"id = {wanted}"
        else:
            # How a quote is escaped in a condition nobody knows: "_" stands for any sign.
            text = re.sub(r"[\"'%\[\]*]", "_", wanted)
            conditions = f'name like "{text}" or identifier like "{text}"'
        companies = self._api.records("/company/companies", conditions=conditions)
        companies = [record for record in companies if not record.get("deletedFlag")]
        named = [{**record, "name": record.get("identifier")} for record in companies]
        record = _match(wanted, companies) or _match(wanted, named)
        if record is None:
            complaints.append(f"company: the PSA has no company '{wanted}'.")
            return
        self._company = int(record["id"])
        if self._settings.contact is not None:
            conditions = f"company/id = {self._company}"
            contacts = self._api.records("/company/contacts", conditions=conditions)
            people = [
                {**c, "name": f"{c.get('firstName') or ''} {c.get('lastName') or ''}"} for c in contacts
            ]
            self._contact = self._named("contact", people, complaints, where=" of that company")

    def _named(
        self, setting: str, records: Sequence[Record], complaints: list[str], *, where: str = ""
    ) -> int | None:
        wanted: Any = getattr(self._settings, setting)
        usable = [r for r in records if not (r.get("inactiveFlag") or r.get("inactive"))]
        record = _match(wanted, usable)
        if record is None:
            complaints.append(_unknown(setting, wanted, usable, where))
            return None
        return int(record["id"])


def _match(wanted: int | str, records: Sequence[Record]) -> Record | None:
    """By id, or by name: dashes, case and blanks aside."""
    if isinstance(wanted, int):
        return next((record for record in records if record.get("id") == wanted), None)
    return next((record for record in records if _word(record.get("name")) == _word(wanted)), None)


def _unknown(setting: str, wanted: int | str, records: Sequence[Record], where: str) -> str:
    names = [str(record.get("name")) for record in records]
    near = difflib.get_close_matches(str(wanted), names, n=3, cutoff=0.3) or names[:5]
    return f"{setting}: there is no '{wanted}'{where}; there are {', '.join(near) or 'none'}."


def _word(value: object) -> str:
    return " ".join(re.sub("[\u2010-\u2015]", "-", str(value)).split()).casefold()
