"""What the PSA stand-in demands of a ticket before it takes it."""

from __future__ import annotations

from typing import Any

from msp_audit.domain import Record
from msp_audit.sandbox.psa_selection import PsaError, error_answer
from msp_audit.sandbox.psa_tickets_setup import setup_list
from msp_audit.sandbox.reading import Reading

#: Members that only a new ticket takes; they become notes with this flag.
INITIAL = {
    "initialDescription": "detailDescriptionFlag",
    "initialInternalAnalysis": "internalAnalysisFlag",
    "initialResolution": "resolutionFlag",
}
_LENGTHS = {"summary": 100, "externalXRef": 100, "poNumber": 50, "contactName": 62, "automaticEmailCc": 1000}
_ENUMERATIONS = {
    "impact": ("Low", "Medium", "High"),
    "severity": ("Low", "Medium", "High"),
    "recordType": ("ProjectIssue", "ProjectTicket", "ServiceTicket"),
}
#: Member -> list of the board it must be in, and the vendor's word.
_OF_THE_BOARD = {
    "type": ("types", "Service Type"),
    "subType": ("subtypes", "Service Sub Type"),
    "item": ("items", "Service Item"),
}
_REFERENCES = ("company", "board", "status", "team", "priority", "source", "contact", *_OF_THE_BOARD)


def checked_ticket(body: Any, reading: Reading) -> Record:  # noqa: ANN401  (whatever was sent)
    """The ticket that *body* describes, with names and defaults filled in.

    Raises:
        PsaError: something is missing, too long, or not there.
    """
    if not isinstance(body, dict):
        raise PsaError.of("ConnectWiseApi", "Cannot deserialize the current JSON.", status=400)
    _check_members(body)
    company = _found(reading, "companies", body["company"], "Company")
    _check_company(reading, company)
    boards = reading.psa("boards")
    board = _found(reading, "boards", body.get("board") or {"id": boards.ids[0]}, "Service Board")
    ticket = {name: value for name, value in body.items() if name not in INITIAL}
    ticket["recordType"] = "ServiceTicket"
    ticket["company"] = {
        "id": company["id"],
        "identifier": company.get("identifier"),
        "name": company["name"],
    }
    ticket["board"] = _named(board)
    ticket["status"] = _named(_status(reading, board["id"], body.get("status")))
    if body.get("team"):
        teams = reading.psa("board_teams").records(
            reading.psa("board_teams").grouped("boardId").get(str(board["id"]), ())
        )
        ticket["team"] = _named(_of_board(teams, body["team"], "Service Team", board["id"], "team"))
    if body.get("priority"):
        ticket["priority"] = _named(_found(reading, "priorities", body["priority"], "Priority"))
    for member, (name, word) in _OF_THE_BOARD.items():
        if body.get(member):
            records = setup_list(f"/service/boards/{board['id']}/{name}", reading) or []
            ticket[member] = _named(_of_board(records, body[member], word, board["id"], member))
    return ticket


def board_status(reading: Reading, board_id: int, *, closed: bool) -> Record:
    """The board's first status in use that is closed, or is not."""
    found = [
        s for s in _statuses(reading, board_id) if bool(s["closedStatus"]) == closed and not s["inactive"]
    ]
    return min(found, key=lambda status: int(status["sortOrder"]))


def refused(resource: str, code: str, words: str, field: str) -> PsaError:
    """400 in the vendor's shape, the useful sentence inside ``errors``."""
    detail = {"code": code, "message": words, "resource": resource, "field": field}
    return PsaError(
        error_answer("InvalidObject", f"{resource} object is invalid", status=400, errors=[detail])
    )


def missing(noun: str, record_id: int) -> PsaError:
    """404 in the vendor's shape."""
    return PsaError.of("NotFound", f"{noun} {record_id} not found", status=404)


def _check_members(body: Record) -> None:
    for member in ("summary", "company"):
        if not body.get(member):
            raise refused("ticket", "RequiredField", f"The {member} field is required.", member)
    for member, longest in _LENGTHS.items():
        if len(str(body.get(member) or "")) > longest:
            words = f"The field {member} must be a string with a maximum length of {longest}."
            raise refused("ticket", "MaxLengthField", words, member)
    for member, values in _ENUMERATIONS.items():
        if body.get(member) is not None and body[member] not in values:
            words = f"Error converting value \"{body[member]}\" to type '{member}'."
            raise PsaError.of("ConnectWiseApi", words, status=400)
    for member in _REFERENCES:
        value = body.get(member)
        if value is not None and not isinstance(value, dict):
            kind = f"{member[:1].upper()}{member[1:]}Reference"
            words = f"Error converting value \"{value}\" to type '{kind}'. Path '{member}'."
            raise PsaError.of("ConnectWiseApi", words, status=400)


def _check_company(reading: Reading, company: Record) -> None:
    statuses = reading.psa("company_statuses")
    place = statuses.position_of(str((company.get("status") or {}).get("id")))
    forbids = place is not None and statuses.record(place).get("disallowSavingFlag")
    if company.get("deletedFlag") or forbids:
        raise refused("ticket", "InvalidObject", "The company does not allow new tickets.", "company")


def _found(reading: Reading, resource: str, reference: Record, noun: str) -> Record:
    records = reading.psa(resource)
    wanted = reference.get("id")
    if wanted is None and reference.get("name") is not None:
        named = [r for r in records.records(records.all) if r.get("name") == reference["name"]]
        wanted = named[0]["id"] if named else None
    place = records.position_of(str(wanted))
    if place is None:
        raise refused("ticket", "NotFound", f"{noun} {wanted} not found", noun.lower())
    return records.record(place)


def _statuses(reading: Reading, board_id: int) -> list[Record]:
    records = reading.psa("board_statuses")
    return records.records(records.grouped("board.id").get(str(board_id), ()))


def _status(reading: Reading, board_id: int, wanted: Record | None) -> Record:
    statuses = _statuses(reading, board_id)
    if not wanted:
        default = [status for status in statuses if status.get("defaultFlag")]
        return default[0] if default else board_status(reading, board_id, closed=False)
    status = _of_board(statuses, wanted, "Service Status", board_id, "status/id")
    if status.get("inactive"):
        raise refused("ticket", "InvalidObject", f"Service Status {status['id']} is inactive", "status/id")
    return status


def _of_board(records: list[Record], wanted: Record, noun: str, board_id: int, field: str) -> Record:
    for record in records:
        if record["id"] == wanted.get("id") or ("id" not in wanted and record["name"] == wanted.get("name")):
            return record
    shown = wanted.get("id", wanted.get("name"))
    raise refused("ticket", "NotFound", f"{noun} {shown} not found for Service Board {board_id}", field)


def _named(record: Record) -> Record:
    return {"id": record["id"], "name": record["name"]}
