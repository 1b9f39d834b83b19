"""The ticket side of the PSA stand-in: what is written stays until somebody deletes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email import message_from_bytes
from typing import Any

import orjson

from msp_audit.domain import Record
from msp_audit.sandbox.call import Answer, Call, json_answer
from msp_audit.sandbox.psa_selection import PsaError
from msp_audit.sandbox.psa_tickets_check import INITIAL, board_status, checked_ticket, missing, refused
from msp_audit.sandbox.psa_tickets_setup import setup_list
from msp_audit.sandbox.psa_written import demand_right, listing
from msp_audit.sandbox.reading import Reading

_TICKET = re.compile(
    r"/service/tickets(?:/(?P<one>\d+)(?P<rest>/notes|/allNotes|/merge)?|(?P<count>/count))?", re.IGNORECASE
)
_DOCUMENTS = re.compile(r"/system/documents(?P<count>/count)?", re.IGNORECASE)
_FLAGS = ("detailDescriptionFlag", "internalAnalysisFlag", "resolutionFlag")


class ServiceDesk:
    """Tickets, notes and documents; its methods are what technicians do with them."""

    def __init__(self, clock: Callable[[], datetime] | None = None) -> None:
        self.clock = clock or (lambda: datetime.now(UTC))
        self.tickets: dict[int, Record] = {}
        self.notes: dict[int, list[Record]] = {}
        self.documents: list[Record] = []
        #: Content of documents by their id.
        self.files: dict[int, bytes] = {}
        #: Everything that was ever written, for tests: method, path, document.
        self.written: list[tuple[str, str, Any]] = []
        #: Status changes of a ticket: how many notes it had then, when, and the new status.
        self.trail: dict[int, list[tuple[int, str, str]]] = {}
        self._last_id = 100_000

    def answer(self, call: Call, path: str, reading: Reading) -> Answer | None:
        """The answer to *call*; None when the path belongs to somebody else."""
        if (found := _TICKET.fullmatch(path)) is not None:
            if found["one"] is None:
                return self._tickets(call, reading, is_count=found["count"] is not None)
            return self._ticket(call, reading, int(found["one"]), (found["rest"] or "").lower())
        if (found := _DOCUMENTS.fullmatch(path)) is not None:
            return self._documents(call, reading, is_count=found["count"] is not None)
        records = setup_list(path, reading) if call.method == "GET" else None
        return None if records is None else listing(records, call, "service_setup")

    # What technicians do, without asking the interface.

    def set_status(self, ticket_id: int, status: Record) -> None:
        """Give a ticket one of its board's statuses; closing and reopening are nothing else."""
        ticket = self.tickets[ticket_id]
        is_closed = bool(status.get("closedStatus"))
        if is_closed != ticket["closedFlag"]:
            ticket["closedDate"] = self._now() if is_closed else None
            ticket["closedBy"] = "jolsen" if is_closed else None
        ticket["status"] = {"id": status["id"], "name": status["name"]}
        ticket["closedFlag"] = is_closed
        step = (len(self.notes.get(ticket_id, ())), self._now(), str(status["name"]))
        self.trail.setdefault(ticket_id, []).append(step)
        self._touch(ticket)

    def close(self, ticket_id: int, reading: Reading) -> None:
        """Put a ticket into the first closed status of its board."""
        self.set_status(ticket_id, board_status(reading, self.tickets[ticket_id]["board"]["id"], closed=True))

    def reopen(self, ticket_id: int, reading: Reading) -> None:
        """Put a ticket into the first open status of its board."""
        self.set_status(
            ticket_id, board_status(reading, self.tickets[ticket_id]["board"]["id"], closed=False)
        )

    def move(self, ticket_id: int, board: Record, reading: Reading) -> None:
        """Put a ticket on another board, open or closed as it was."""
        ticket = self.tickets[ticket_id]
        status = board_status(reading, board["id"], closed=ticket["closedFlag"])
        ticket["board"] = {"id": board["id"], "name": board["name"]}
        ticket["team"] = None
        self.set_status(ticket_id, status)

    def merge(self, child: int, parent: int, reading: Reading) -> None:
        """Merge one ticket into another; the child is closed and can no longer be written to."""
        self.close(child, reading)
        self.tickets[child]["mergedParentTicket"] = {"id": parent, "summary": self.tickets[parent]["summary"]}
        self.tickets[parent]["hasMergedChildTicketFlag"] = True

    def delete(self, ticket_id: int) -> None:
        """Delete a ticket with its notes and documents."""
        del self.tickets[ticket_id]
        self.notes.pop(ticket_id, None)
        self.trail.pop(ticket_id, None)
        self.documents = [item for item in self.documents if item["recordId"] != ticket_id]

    def add_ticket(self, body: Record, reading: Reading) -> Record:
        """A ticket as somebody makes it by hand or through the interface.

        Raises:
            PsaError: it is not valid.
        """
        ticket = checked_ticket(body, reading)
        self._last_id += 1
        ticket_id = self._last_id
        ticket |= {"id": ticket_id, "closedFlag": False, "closedDate": None, "mergedParentTicket": None}
        ticket["_info"] = {"dateEntered": self._now(), "enteredBy": "msp-audit"}
        self._touch(ticket)
        self.tickets[ticket_id] = ticket
        self.notes[ticket_id] = []
        for member, flag in INITIAL.items():
            if body.get(member):
                self.add_note(ticket_id, {"text": body[member], flag: True})
        return ticket

    def add_note(self, ticket_id: int, body: Record) -> Record:
        """A note under a ticket.

        Raises:
            PsaError: it does not say where it is to be shown.
        """
        if not any(body.get(flag) is True for flag in _FLAGS):
            words = "Please choose where to display the notes in order to save this record."
            raise refused("serviceNote", "InvalidObject", words, "detailDescriptionFlag")
        self._last_id += 1
        note: Record = {flag: bool(body.get(flag)) for flag in _FLAGS}
        note |= {"id": self._last_id, "ticketId": ticket_id, "text": str(body.get("text", ""))}
        note |= {"dateCreated": self._now(), "createdBy": "msp-audit", "_info": {"lastUpdated": self._now()}}
        self.notes[ticket_id].append(note)
        return note

    def _tickets(self, call: Call, reading: Reading, *, is_count: bool) -> Answer:
        if call.method == "GET":
            return listing(list(self.tickets.values()), call, "tickets", is_count=is_count)
        self._demand(call, "POST")
        demand_right(reading, "Service Tickets", "addLevel")
        body = _document(call)
        self.written.append(("POST", "/service/tickets", body))
        return json_answer(self.add_ticket(body, reading), status=201)

    def _ticket(self, call: Call, reading: Reading, ticket_id: int, rest: str) -> Answer:
        ticket = self.tickets.get(ticket_id)
        if ticket is None:
            raise missing("Ticket", ticket_id)
        if call.method == "GET":
            if rest in ("/notes", "/allnotes"):
                return listing(self.notes[ticket_id], call, "ticket_notes")
            return json_answer(ticket)
        if call.method == "DELETE" and not rest:
            self.delete(ticket_id)
            return Answer(status=204)
        body = _document(call)
        self.written.append((call.method, f"/service/tickets/{ticket_id}{rest}", body))
        if rest == "/merge":
            for child in body["mergeTicketIds"]:
                self.merge(int(child), ticket_id, reading)
            return json_answer({"success": True, "message": ""})
        self._demand_writable(ticket, reading)
        if rest == "/notes":
            self._demand(call, "POST")
            return json_answer(self.add_note(ticket_id, body), status=201)
        self._demand(call, "PATCH")
        return json_answer(self._patched(ticket, body, reading))

    def _demand_writable(self, ticket: Record, reading: Reading) -> None:
        demand_right(reading, "Service Tickets", "editLevel")
        if ticket["mergedParentTicket"] is not None:
            parent = ticket["mergedParentTicket"]["id"]
            raise refused("ticket", "InvalidObject", f"The ticket was merged into ticket {parent}.", "id")
        if ticket["closedFlag"]:
            demand_right(reading, "Close Service Tickets", "editLevel")

    def _patched(self, ticket: Record, operations: Any, reading: Reading) -> Record:  # noqa: ANN401
        if not isinstance(operations, list):
            raise PsaError.of("InvalidPatch", "A patch is an array of operations.", status=400)
        changed = {name: value for name, value in ticket.items() if name not in ("_info", "closedFlag")}
        for operation in operations:
            name, _, nested = str(operation.get("path", "")).lstrip("/").partition("/")
            value = None if operation.get("op") == "remove" else operation.get("value")
            changed[name] = {nested: value} if nested else value
        checked = checked_ticket(changed, reading)
        board = checked["board"]["id"]
        if board != ticket["board"]["id"] and not any("status" in str(o.get("path")) for o in operations):
            checked["status"] = {"id": board_status(reading, board, closed=False)["id"]}
        ticket |= {name: value for name, value in checked.items() if name != "status"}
        statuses = {int(item["id"]): item for item in _statuses(reading, board)}
        self.set_status(int(ticket["id"]), statuses[int(checked["status"]["id"])])
        return ticket

    def _documents(self, call: Call, reading: Reading, *, is_count: bool) -> Answer:
        if call.method == "GET":
            record_id = call.parameter("recordId")
            found = [item for item in self.documents if str(item["recordId"]) == record_id]
            return listing(found, call, "documents", is_count=is_count)
        self._demand(call, "POST")
        demand_right(reading, "Manage Documents", "addLevel")
        if "multipart/form-data" not in call.headers.get("content-type", ""):
            raise PsaError.of("ConnectWiseApi", "The content type is not supported.", status=415)
        form = _form(call)
        ticket_id = int(form["recordid"][0] or 0)
        if ticket_id not in self.tickets:
            raise missing("Ticket", ticket_id)
        self._last_id += 1
        content, file_name = form["file"]
        document = {
            "id": self._last_id,
            "title": form["title"][0].decode(),
            "fileName": file_name,
            "size": len(content),
            "recordId": ticket_id,
            "_info": {"lastUpdated": self._now()},
        }
        self.documents.append(document)
        self.files[self._last_id] = content
        self.written.append(
            ("POST", "/system/documents", {n: v[0].decode() for n, v in form.items() if n != "file"})
        )
        return json_answer(document, status=201)

    def _demand(self, call: Call, method: str) -> None:
        if call.method != method:
            message = f"The requested resource does not support http method '{call.method}'."
            raise PsaError(json_answer({"message": message}, status=405))

    def _touch(self, ticket: Record) -> None:
        ticket["_info"] = {**ticket.get("_info", {}), "lastUpdated": self._now(), "updatedBy": "msp-audit"}

    def _now(self) -> str:
        return self.clock().replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _statuses(reading: Reading, board_id: int) -> Sequence[Record]:
    records = reading.psa("board_statuses")
    return records.records(records.grouped("board.id").get(str(board_id), ()))


def _document(call: Call) -> Any:  # noqa: ANN401  (any JSON)
    if "json" not in call.headers.get("content-type", ""):
        raise PsaError.of("ConnectWiseApi", "The content type is not supported.", status=415)
    try:
        return orjson.loads(call.body)
    except orjson.JSONDecodeError:
        raise PsaError.of("ConnectWiseApi", "Unexpected character encountered.", status=400) from None


def _form(call: Call) -> dict[str, tuple[bytes, str]]:
    """Lower-case field name -> content and file name."""
    head = f"Content-Type: {call.headers['content-type']}\r\n\r\n".encode()
    parts: dict[str, tuple[bytes, str]] = {}
    for part in message_from_bytes(head + call.body).walk():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            parts[name.lower()] = (content, part.get_filename() or "")
    if not {"recordid", "recordtype", "title", "file"} <= parts.keys():
        raise refused(
            "document", "InvalidObject", "The recordType, recordId, title and file are required.", "file"
        )
    return parts
