"""The ticket channel from outside: work on all tickets or only say what would be done, and take one over."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from msp_audit.delivery.base import Receipt, ReceiptStatus
from msp_audit.delivery.ticket.book import Book, Writable
from msp_audit.delivery.ticket.desk import Desk
from msp_audit.delivery.ticket.files import Files, Reports
from msp_audit.delivery.ticket.groups import Queries, read_facts
from msp_audit.delivery.ticket.keys import parse_reference, ticket_key
from msp_audit.delivery.ticket.model import Group, Happening, RemoteTicket, Row, State
from msp_audit.delivery.ticket.system import TicketSystem
from msp_audit.delivery.ticket.wording import Jinja, Wording
from msp_audit.delivery.ticket.worker import Office
from msp_audit.errors import DeliveryError
from msp_audit.settings import TicketSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a workspace lends to the ticket channel."""

    settings: TicketSettings
    #: Name of the workspace, for texts.
    name: str
    root: Path
    #: UTC without a zone; the real time, also where the settings stop the clock.
    now: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep
    jinja: Jinja | None = None
    reports: Reports | None = None


def work_on_tickets(
    system: TicketSystem, queries: Queries, around: Surroundings, *, database: Writable | None = None
) -> Sequence[Happening]:
    """Bring all tickets up to the latest run; without *database* nothing is written anywhere.

    Raises:
        DeliveryError: a setting names something that the PSA does not have, or a right is missing.
        ReportError: a template cannot be rendered.
        SourceError: the PSA cannot be read.
        StoreError: there is no run yet.
    """
    settings = around.settings
    wording = Wording(settings, workspace=around.name, jinja=around.jinja)
    wording.prove()
    warnings = system.prepare()
    book = Book(queries, database)
    told = {finding for known in book.told.values() for finding in known}
    facts = read_facts(queries, settings=settings, system=system.name, told=told)
    office = Office(
        system=system,
        book=book,
        settings=settings,
        wording=wording,
        files=Files(settings, root=around.root, reports=around.reports),
        facts=facts,
        now=around.now,
        sleep=around.sleep,
        is_dry=database is None,
    )
    for sentence in warnings:
        office.account.append(Happening(ticket_key="", deed=None, status="warning", why=sentence))
    account = list(Desk(office).work())
    for name in sorted(wording.unknown):
        why = f"In [tickets], {name} is no variable of a ticket and stays as it is."
        account.append(Happening(ticket_key="", deed=None, status="warning", why=why))
    return account


def take_over(
    system: TicketSystem,
    queries: Queries,
    around: Surroundings,
    *,
    database: Writable,
    key: str,
    ticket_id: int,
) -> Row:
    """Give an existing ticket the reference *key* of a group, and follow it from now on.

    Raises:
        DeliveryError: no such group or ticket, or it carries another reference already.
    """
    known = parse_reference(key)
    system.prepare()
    book = Book(queries, database)
    facts = read_facts(queries, settings=around.settings, system=system.name)
    group = facts.groups.get(known[0]) if known else None
    if known is None or group is None:
        raise DeliveryError(f"No open findings go by '{key}'. 'msp-audit ticket plan' shows the references.")
    remote = system.fetch([ticket_id]).get(ticket_id)
    if remote is None:
        raise DeliveryError(f"The PSA has no ticket {ticket_id}, or does not show it.")
    row = _taken_over(book, group, remote, now=around.now())
    for other in book.of_group(group.key):
        if other.state is not State.OVER and other.ticket_key != row.ticket_key:
            book.put(replace(other, state=State.OVER))
    # Written down first: a crash now leaves a ticket with another reference, which the next run reports.
    book.put(row, told={})
    if remote.reference.casefold() != row.ticket_key.casefold():
        marked = system.mark(ticket_id, row.ticket_key)
        if marked.reference.casefold() != row.ticket_key.casefold():
            raise DeliveryError(f"The PSA took the reference for ticket {ticket_id} and did not keep it.")
    return row


def _taken_over(book: Book, group: Group, remote: RemoteTicket, *, now: datetime) -> Row:
    """The row of a ticket that a person handed over.

    Raises:
        DeliveryError: it carries the reference of something else.
    """
    carried = parse_reference(remote.reference)
    if remote.reference and (carried is None or carried[0] != group.key):
        raise DeliveryError(
            f"Ticket {remote.ticket_id} carries the reference '{remote.reference}' of somebody else."
            " Clear it there first."
        )
    latest = max((row.generation for row in book.of_group(group.key)), default=0)
    generation = carried[1] if carried else latest + 1
    return Row(
        ticket_key=ticket_key(group.key, generation=generation),
        group_key=group.key,
        generation=generation,
        kind=group.kind,
        scope=group.scope,
        company_id=group.company_id,
        company_name=group.company_name,
        state=State.LIVE,
        ticket_id=remote.ticket_id,
        summary=remote.summary,
        detail="Taken over by hand.",
        window_at=datetime(1970, 1, 1),  # noqa: DTZ001  (stored times are UTC)
        intended_at=now,
        created_at=now,
    )


def receipt_of(account: Sequence[Happening]) -> Receipt:
    """The account in one line."""
    done = [item for item in account if item.status == "done" and item.deed is not None]
    trouble = [item for item in account if item.is_trouble]
    counts: dict[str, int] = {}
    for item in done:
        counts[str(item.deed)] = counts.get(str(item.deed), 0) + 1
    told = ", ".join(f"{count} {deed}" for deed, count in sorted(counts.items()))
    if trouble:
        first = f"{len(trouble)} ticket(s) in trouble, the first: {trouble[0].why}"
        return Receipt(
            status=ReceiptStatus.FAILED, detail=f"{first} Done: {told or 'nothing'}.", location="psa"
        )
    if not done:
        return Receipt(status=ReceiptStatus.SKIPPED, detail="Every ticket knows what there is.")
    return Receipt(status=ReceiptStatus.SENT, detail=f"{told}.", location="psa")
