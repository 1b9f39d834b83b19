"""The test ticket: made with its attachment, read back, and the rights that are missing named."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from msp_audit.connectors.psa.tickets import WriteUnclear
from msp_audit.delivery.ticket.keys import group_key
from msp_audit.delivery.ticket.model import File, NewTicket, RemoteTicket
from msp_audit.delivery.ticket.system import TicketSystem
from msp_audit.delivery.ticket.worker import LOOKS
from msp_audit.domain import Severity
from msp_audit.errors import SourceError

#: Seed 002 names both texts and the file.
SUMMARY = "[msp-audit] Test Alert"
DESCRIPTION = "This ticket was created to test the functionality of msp-audit for ConnectWise PSA."
FILE = File(title="TestAttachment.txt", name="TestAttachment.txt", content=DESCRIPTION.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What became of the test ticket."""

    ticket: RemoteTicket
    #: Sentences, each about one thing that was tried.
    passed: tuple[str, ...]
    failed: tuple[str, ...]
    #: Rights to grant, in words.
    rights: tuple[str, ...]


def try_out(system: TicketSystem, *, now: datetime, sleep: Callable[[float], None] = time.sleep) -> Trial:
    """Make the test ticket in the MSP's own company, attach a file, write a note, and read all of it back.

    Raises:
        DeliveryError: the settings name something that is not there; nothing was made.
        SourceError: the PSA refused the ticket, or nobody knows whether it exists.
    """
    rights = tuple(system.prepare())
    key = group_key(system=system.name, kind="test", scope=f"test_{now:%Y%m%d%H%M%S}", company_id=None)
    new = NewTicket(
        reference=key,
        summary=SUMMARY,
        description=DESCRIPTION,
        internal_analysis=f"Reference: {key}",
        company_id=system.company(None),
        worst=Severity.MEDIUM,
    )
    ticket = _made(system, new, sleep)
    passed, failed = [f"Ticket {ticket.ticket_id} was made."], []
    for check in (_check_reading_back, _check_note, _check_file):
        problem = check(system, ticket, key)
        if problem.startswith("!"):
            failed.append(problem[1:])
        else:
            passed.append(problem)
    return Trial(ticket=ticket, passed=tuple(passed), failed=tuple(failed), rights=rights)


def _made(system: TicketSystem, new: NewTicket, sleep: Callable[[float], None]) -> RemoteTicket:
    try:
        return system.create(new)
    except WriteUnclear:
        for seconds in LOOKS:
            sleep(seconds)
            hits: Sequence[RemoteTicket] = system.find([new.reference])[new.reference]
            if hits:
                return hits[0]
        raise


def _check_reading_back(system: TicketSystem, ticket: RemoteTicket, key: str) -> str:
    try:
        found = system.find([key])[key]
        stored = system.fetch([ticket.ticket_id]).get(ticket.ticket_id)
    except SourceError as error:
        return f"!It could not be read back: {error}"
    if stored is None or [hit.ticket_id for hit in found] != [ticket.ticket_id]:
        return (
            "!It is not found again by its external reference, so tickets could double. Do not use them yet."
        )
    if stored.summary != SUMMARY:
        return f"!Its summary was stored as '{stored.summary}'."
    return f"It is found again by its reference, on board '{stored.board_name}' as '{stored.status_name}'."


def _check_note(system: TicketSystem, ticket: RemoteTicket, key: str) -> str:
    marker = f"[{key} #1]"
    try:
        system.add_note(ticket.ticket_id, f"A note of the test.\n\n{marker}")
        is_there = system.has_note(ticket.ticket_id, marker)
    except SourceError as error:
        return f"!No note could be written: {error}"
    return "A note was written and read back." if is_there else "!Its note is not found again."


def _check_file(system: TicketSystem, ticket: RemoteTicket, _key: str) -> str:
    try:
        system.attach(ticket.ticket_id, FILE)
        is_there = FILE.title in system.attached(ticket.ticket_id)
    except SourceError as error:
        return f"!{FILE.title} could not be attached: {error}"
    return f"{FILE.title} was attached and is listed." if is_there else f"!{FILE.title} is not listed."
