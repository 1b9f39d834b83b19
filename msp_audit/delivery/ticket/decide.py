"""What is to be done about one ticket: facts in, decision out, nothing called and nothing written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msp_audit.delivery.ticket.changes import Delta
from msp_audit.delivery.ticket.keys import parse_reference
from msp_audit.delivery.ticket.model import Deed, Gone, Item, Kind, RemoteTicket, Row, State, Told
from msp_audit.settings import TicketSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything that is known about one ticket of the ledger."""

    row: Row
    told: Told
    items: Sequence[Item]
    gone: Mapping[str, Gone]
    #: The ticket itself; None when it is no longer there.
    remote: RemoteTicket | None
    #: Where it can be written: itself, or what it was merged into.
    target: RemoteTicket | None
    seen_at: datetime
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What to do, in order, and why."""

    why: str
    deeds: tuple[Deed, ...] = ()
    delta: Delta = field(default_factory=Delta)
    state: State = State.LIVE
    #: ``held`` and ``warning`` are told to people even where nothing is done.
    status: str = "nothing"
    #: First sentence of the note; the difference in numbers without it.
    opening: str = ""
    closed_at: datetime | None = None


def decide(now: Situation, settings: TicketSettings) -> Decision:
    """The one place where the life of a ticket is written down."""
    if now.remote is None or now.target is None:
        return _lost(now, settings)
    known = parse_reference(now.remote.reference)
    if known is None or known[0] != now.row.group_key or known[1] != now.row.generation:
        return Decision(
            why=f"Somebody gave ticket {now.remote.ticket_id} another external reference, so it is left"
            " alone. 'msp-audit ticket adopt' takes it back.",
            status="warning",
        )
    delta = Delta.between(now.told, now.items, gone=now.gone)
    if now.target.is_closed:
        return _closed(now, delta, settings)
    return _open(now, delta, settings)


def _lost(now: Situation, settings: TicketSettings) -> Decision:
    if not now.items:
        return Decision(why="Somebody deleted the ticket, and nothing is left of it.", state=State.OVER)
    if settings.recreate_deleted:
        return Decision(why="Somebody deleted the ticket; its findings are still there.", state=State.OVER)
    return Decision(why="Somebody deleted the ticket (recreate_deleted = false).", state=State.DELETED)


def _open(now: Situation, delta: Delta, settings: TicketSettings) -> Decision:
    if not delta:
        return Decision(
            why="Nothing has changed." if now.items else "Nothing is left; the ticket is still open."
        )
    is_kept = not settings.update_ticket_on_repetitive_alerts and now.row.kind is not Kind.FLOOD
    if now.items and is_kept:
        return Decision(why="Open tickets are not updated (update_ticket_on_repetitive_alerts = false).")
    quiet = timedelta(seconds=settings.consolidation_interval)
    if now.row.told_at is not None and now.now - now.row.told_at < quiet:
        return Decision(why="Told a moment ago; waits for consolidation_interval.", status="held")
    if now.items:
        return Decision(why=f"Changed: {delta.summary(len(now.items))}", deeds=(Deed.NOTE,), delta=delta)
    # What it was merged into is somebody else's to close.
    is_own = now.target is not None and now.target.ticket_id == now.row.ticket_id
    closes = settings.close_when_resolved and delta.is_all_resolved and is_own
    return Decision(
        why="All its findings are gone.",
        deeds=(Deed.NOTE, Deed.CLOSE) if closes else (Deed.NOTE,),
        delta=delta,
    )


def _closed(now: Situation, delta: Delta, settings: TicketSettings) -> Decision:
    closed_at = (now.target.closed_at if now.target else None) or now.row.closed_at or now.now
    age = now.now - closed_at
    is_recent = age <= timedelta(seconds=settings.update_interval)
    if not now.items:
        # Nobody is bothered with it; should it be reopened, that note tells what has gone.
        return Decision(
            why="Closed, and nothing is left.",
            state=State.LIVE if is_recent else State.OVER,
            closed_at=closed_at,
        )
    if closed_at >= now.seen_at:
        return Decision(
            why="Closed after the data was read; the next reading decides.",
            status="held",
            closed_at=closed_at,
        )
    is_merged = now.target is not None and now.target.ticket_id != now.row.ticket_id
    reopens = (
        settings.update_ticket_on_repetitive_alerts and settings.reopen_ticket_on_repetitive_alerts
    ) and not is_merged
    if not is_recent or not reopens:
        reason = "it was merged" if is_merged else f"{_long(age)} ago" if reopens else "it is not reopened"
        return Decision(
            why=f"Closed ({reason}) and still found: a new ticket.", state=State.OVER, closed_at=closed_at
        )
    changes = f" {delta.summary(len(now.items))}" if delta else f" {len(now.items):,} in all."
    return Decision(
        why=f"Closed {_long(age)} ago and still found.",
        deeds=(Deed.REOPEN, Deed.NOTE),
        delta=delta,
        opening=f"reopened, for it is still found.{changes}",
        closed_at=closed_at,
    )


def _long(age: timedelta) -> str:
    hours = int(age.total_seconds() // 3600)
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"
