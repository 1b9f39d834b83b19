"""The contract of a ticket system, and the PSA behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from msp_audit.connectors.psa.tickets import TicketApi, WriteRefused, WriteUnclear, in_list
from msp_audit.delivery.ticket.fields import Fields
from msp_audit.delivery.ticket.keys import parse_reference
from msp_audit.delivery.ticket.model import File, NewTicket, RemoteTicket
from msp_audit.domain import Record
from msp_audit.settings import TicketSettings

#: References asked for with one request: the vendor recommends addresses below 2,000 letters.
_REFERENCES_AT_ONCE = 12
_IDS_AT_ONCE = 50
#: Merges of merges that are followed.
_MERGES = 5


class TicketSystem(Protocol):
    """What the ticket channel needs of a PSA; writes raise as ``connectors.psa.tickets`` says."""

    @property
    def name(self) -> str:
        """Tells two systems apart; part of every reference."""
        ...

    def prepare(self) -> Sequence[str]:
        """Resolve and validate every field; returns what a person should know.

        Raises:
            DeliveryError: a field is not there, or a right is missing without which tickets could double.
        """
        ...

    def find(self, groups: Sequence[str]) -> Mapping[str, Sequence[RemoteTicket]]:
        """Every ticket of these groups, of any generation, by group key."""
        ...

    def fetch(self, ticket_ids: Iterable[int]) -> Mapping[int, RemoteTicket]:
        """The tickets with these ids that are there."""
        ...

    def follow(self, ticket: RemoteTicket) -> RemoteTicket | None:
        """Where *ticket* can be written: itself, or what it was merged into; None when that is gone."""
        ...

    def company(self, company_id: int | None) -> int:
        """The company that a ticket about *company_id* belongs to."""
        ...

    def create(self, ticket: NewTicket) -> RemoteTicket:
        """Make a ticket, once."""
        ...

    def add_note(self, ticket_id: int, text: str) -> None:
        """Write a note, once."""
        ...

    def has_note(self, ticket_id: int, marker: str) -> bool:
        """Whether a note with *marker* is there."""
        ...

    def reopen(self, ticket: RemoteTicket) -> RemoteTicket:
        """Give it an open status of its own board, and read it back."""
        ...

    def close(self, ticket: RemoteTicket) -> RemoteTicket:
        """Give it a closed status of its own board, and read it back."""
        ...

    def attached(self, ticket_id: int) -> frozenset[str]:
        """Titles of the files that are attached."""
        ...

    def attach(self, ticket_id: int, file: File) -> None:
        """Attach a file, once."""
        ...

    def mark(self, ticket_id: int, reference: str) -> RemoteTicket:
        """Write our reference onto a ticket that a person handed over."""
        ...


class PsaTickets:
    """ConnectWise PSA as a ticket system."""

    def __init__(self, api: TicketApi, settings: TicketSettings) -> None:
        self._api = api
        self._settings = settings
        self._fields = Fields(api, settings)

    @property
    def name(self) -> str:
        """The login company."""
        return self._api.company

    def prepare(self) -> Sequence[str]:
        """See :meth:`TicketSystem.prepare`."""
        self._api.connect()
        return self._fields.resolve()

    def find(self, groups: Sequence[str]) -> Mapping[str, Sequence[RemoteTicket]]:
        """See :meth:`TicketSystem.find`; by prefix, as later tickets of a group have a longer reference."""
        found: dict[str, list[RemoteTicket]] = {group: [] for group in groups}
        for start in range(0, len(groups), _REFERENCES_AT_ONCE):
            asked = groups[start : start + _REFERENCES_AT_ONCE]
            conditions = " or ".join(f'externalXRef like "{group}%"' for group in asked)
            for record in self._api.records("/service/tickets", conditions=conditions):
                ticket = self._ticket(record)
                # "_" stands for any sign in such a condition, so the answer is judged again.
                known = parse_reference(ticket.reference)
                if known is not None and known[0] in found:
                    found[known[0]].append(ticket)
        return found

    def fetch(self, ticket_ids: Iterable[int]) -> Mapping[int, RemoteTicket]:
        """See :meth:`TicketSystem.fetch`."""
        wanted = sorted(set(ticket_ids))
        found: dict[int, RemoteTicket] = {}
        for start in range(0, len(wanted), _IDS_AT_ONCE):
            # As a list: an empty one is believed, while a 404 may also come from a gateway.
            conditions = in_list("id", wanted[start : start + _IDS_AT_ONCE])
            for record in self._api.records("/service/tickets", conditions=conditions):
                ticket = self._ticket(record)
                found[ticket.ticket_id] = ticket
        return found

    def follow(self, ticket: RemoteTicket) -> RemoteTicket | None:
        """See :meth:`TicketSystem.follow`."""
        target: RemoteTicket | None = ticket
        for _ in range(_MERGES):
            if target is None or target.merged_into is None:
                return target
            target = self.fetch([target.merged_into]).get(target.merged_into)
        return None

    def company(self, company_id: int | None) -> int:
        """See :meth:`TicketSystem.company`."""
        return self._fields.company(company_id)

    def create(self, ticket: NewTicket) -> RemoteTicket:
        """See :meth:`TicketSystem.create`."""
        body: dict[str, Any] = {
            "summary": ticket.summary,
            "recordType": "ServiceTicket",
            "company": {"id": ticket.company_id},
            "externalXRef": ticket.reference,
            "impact": self._settings.impact,
            "severity": self._settings.severity,
            **self._fields.references(ticket.worst, company_id=ticket.company_id),
        }
        if ticket.description:
            body["initialDescription"] = ticket.description
        if ticket.internal_analysis:
            body["initialInternalAnalysis"] = ticket.internal_analysis
        if not self._settings.notifications:
            quiet = ("automaticEmailContactFlag", "automaticEmailResourceFlag", "automaticEmailCcFlag")
            body |= dict.fromkeys((*quiet, "processNotifications"), False)
        made = self._ticket(self._api.post("/service/tickets", body))
        if not made.ticket_id:
            raise WriteUnclear("psa took a ticket and did not name it.")
        return made

    def add_note(self, ticket_id: int, text: str) -> None:
        """See :meth:`TicketSystem.add_note`; the flags say where it shows, without one it is refused."""
        is_internal = self._settings.notes == "internal"
        body: dict[str, Any] = {
            "text": text,
            "detailDescriptionFlag": not is_internal,
            "internalAnalysisFlag": is_internal,
            "resolutionFlag": False,
        }
        if not self._settings.notifications:
            body["processNotifications"] = False
        self._api.post(f"/service/tickets/{ticket_id}/notes", body)

    def has_note(self, ticket_id: int, marker: str) -> bool:
        """See :meth:`TicketSystem.has_note`."""
        notes = self._api.records(f"/service/tickets/{ticket_id}/notes")
        return any(marker in str(note.get("text") or "") for note in notes)

    def reopen(self, ticket: RemoteTicket) -> RemoteTicket:
        """See :meth:`TicketSystem.reopen`."""
        return self._give_status(ticket, is_closed=False)

    def close(self, ticket: RemoteTicket) -> RemoteTicket:
        """See :meth:`TicketSystem.close`."""
        return self._give_status(ticket, is_closed=True)

    def attached(self, ticket_id: int) -> frozenset[str]:
        """See :meth:`TicketSystem.attached`."""
        return frozenset(str(document.get("title") or "") for document in self._api.documents(ticket_id))

    def attach(self, ticket_id: int, file: File) -> None:
        """See :meth:`TicketSystem.attach`; private, so that the customer's portal does not show it."""
        fields = {
            "recordType": "Ticket",
            "recordId": str(ticket_id),
            "title": file.title,
            "privateFlag": "true",
        }
        self._api.upload(fields, file_name=file.name, content=file.content)

    def mark(self, ticket_id: int, reference: str) -> RemoteTicket:
        """See :meth:`TicketSystem.mark`."""
        path = f"/service/tickets/{ticket_id}"
        return self._ticket(self._api.patch(path, {"externalXRef": reference}))

    def _give_status(self, ticket: RemoteTicket, *, is_closed: bool) -> RemoteTicket:
        wanted = self._fields.status_for(ticket.board_id, is_closed=is_closed)
        path = f"/service/tickets/{ticket.ticket_id}"
        # The whole reference: a path into it has been answered with 200 and no change.
        now = self._ticket(self._api.patch(path, {"status": {"id": wanted}}))
        if now.is_closed is not is_closed:
            now = self.fetch([ticket.ticket_id]).get(ticket.ticket_id, now)
        if now.is_closed is not is_closed:
            words = f"answered 200, but the status is still '{now.status_name}'"
            raise WriteRefused(f"psa 'PATCH {path}' {words}.", status=200, words=words)
        return now

    def _ticket(self, record: Record) -> RemoteTicket:
        board, status = _reference(record, "board"), _reference(record, "status")
        return RemoteTicket(
            ticket_id=int(record.get("id") or 0),
            reference=str(record.get("externalXRef") or ""),
            summary=str(record.get("summary") or ""),
            board_id=board[0],
            board_name=board[1],
            status_id=status[0],
            status_name=status[1],
            company_id=_reference(record, "company")[0],
            is_closed=bool(record.get("closedFlag"))
            or self._fields.is_closed(board_id=board[0], status_id=status[0], status_name=status[1]),
            # A status that only counts as closed leaves no date; it was given at the last change, or before.
            closed_at=_time(record.get("closedDate"))
            or _time((record.get("_info") or {}).get("lastUpdated")),
            merged_into=_reference(record, "mergedParentTicket")[0],
        )


def _reference(record: Record, name: str) -> tuple[int | None, str]:
    value = record.get(name)
    if not isinstance(value, dict) or not str(value.get("id") or "").isdecimal():
        return None, ""
    return int(value["id"]), str(value.get("name") or "")


def _time(value: object) -> datetime | None:
    """A vendor's time as UTC without a zone; None where it is none."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
