"""Makes tickets that do not exist yet: looked for first, written down before the call, never made twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from msp_audit.connectors.psa.tickets import WriteNotSent, WriteRefused
from msp_audit.delivery.ticket.book import Intent
from msp_audit.delivery.ticket.keys import parse_reference, ticket_key
from msp_audit.delivery.ticket.model import Deed, Group, NewTicket, RemoteTicket, Row, State
from msp_audit.delivery.ticket.worker import LOOKS, Office, Worker, exact
from msp_audit.errors import SourceError

#: Flood interval of tickets that were not made in any.
_NO_WINDOW = datetime(1970, 1, 1)  # noqa: DTZ001  (stored times are UTC without a zone)


class Maker:
    """From a group without a ticket to one with a ticket."""

    def __init__(self, office: Office, worker: Worker) -> None:
        self._office = office
        self._worker = worker

    def settle(self, row: Row) -> bool:
        """Find out whether a ticket that was begun exists now; whether its group may be looked at again."""
        office = self._office
        hits = office.system.find([row.group_key])[row.group_key]
        found = exact(hits, row)
        if found:
            self._made(row, found[0], "It was begun before, and is there.")
            self._report_twins(row, found)
            return True
        if office.now() - row.intended_at < timedelta(seconds=office.settings.settle_seconds):
            why = "Begun before and not there yet; a late answer may still come, so it is not made again."
            office.tell(row, Deed.CREATE, "unclear", why)
            return False
        office.book.not_made(row, detail="Never turned up.", now=office.now())
        return True

    def adopt(self, group: Group, hits: Sequence[RemoteTicket]) -> Row | None:
        """Take over a ticket of the group that the ledger does not follow; None when there is none."""
        office = self._office
        hit = self._choose(group, hits)
        known = parse_reference(hit.reference) if hit else None
        if hit is None or known is None:
            return None
        row = office.book.rows.get(ticket_key(group.key, generation=known[1]))
        if row is None:
            row = self._row(group, generation=known[1], window_at=_NO_WINDOW)
        why = f"Ticket {hit.ticket_id} carries the reference already."
        row = replace(row, state=State.LIVE, ticket_id=hit.ticket_id, created_at=office.now(), detail=why)
        # Where tickets are never updated, what is there counts as told.
        updates = office.settings.update_ticket_on_repetitive_alerts
        office.book.put(row, told=None if updates else group.told)
        office.tell(row, Deed.ADOPT, "planned" if office.is_dry else "done", why, findings=len(group.items))
        self._report_twins(row, [twin for twin in hits if not _is_over(twin)])
        return self._worker.handle(row, group, hit)

    def create(self, group: Group, *, window_at: datetime, why: str) -> None:
        """Make the group's ticket, unless it turns up after all."""
        office = self._office
        hits = office.system.find([group.key])[group.key]
        if self._choose(group, hits) is not None:
            self.adopt(group, hits)
            return
        row = self._row(group, generation=self._next_generation(group, hits), window_at=window_at)
        new = self._new_ticket(row, group)
        row = replace(row, summary=new.summary)
        intent = Intent(deed=Deed.CREATE, why=why, text=new.description, told=group.told)
        if office.is_dry:
            office.tell(row, Deed.CREATE, "planned", why, findings=len(group.items))
            office.book.put(row, told=group.told)
            return
        office.book.begin_create(row, intent, run_id=office.facts.run_id, now=office.now())
        made = self._call(row, new)
        if made is not None:
            row = self._made(row, made, why, findings=len(group.items))
            self._report_twins(row, exact(office.system.find([group.key])[group.key], row))
            self._worker.attach_all(row, group)

    def _call(self, row: Row, new: NewTicket) -> RemoteTicket | None:
        office = self._office
        try:
            return office.system.create(new)
        except (WriteRefused, WriteNotSent) as error:
            is_conflict = isinstance(error, WriteRefused) and error.status == 409
            found = self._search_again(row) if is_conflict else None
            if found is None:
                office.book.not_made(row, detail=str(error), now=office.now())
                office.tell(row, Deed.CREATE, "refused", str(error))
            return found
        except SourceError as error:
            found = self._search_again(row)
            if found is None:
                for action in list(office.book.pending.get(row.ticket_key, ())):
                    office.book.finish(action, "unclear", detail=str(error), now=office.now())
                why = f"{error} It is looked for in the next run, and not made again before."
                office.tell(row, Deed.CREATE, "unclear", why)
            return found

    def _search_again(self, row: Row) -> RemoteTicket | None:
        for seconds in LOOKS:
            self._office.sleep(seconds)
            try:
                found = exact(self._office.system.find([row.group_key])[row.group_key], row)
            except SourceError:
                continue
            if found:
                return found[0]
        return None

    def _made(self, row: Row, ticket: RemoteTicket, why: str, *, findings: int = 0) -> Row:
        office, now = self._office, self._office.now()
        row = replace(
            row,
            state=State.LIVE,
            ticket_id=ticket.ticket_id,
            created_at=now,
            told_at=row.intended_at,
            status_name=ticket.status_name,
            board_name=ticket.board_name,
        )
        if office.is_dry:
            office.tell(row, Deed.CREATE, "planned", why, findings=findings)
            return row
        office.book.made(row, list(office.book.pending.get(row.ticket_key, ())), now=now)
        office.tell(row, Deed.CREATE, "done", why, findings=findings)
        return row

    def _choose(self, group: Group, hits: Sequence[RemoteTicket]) -> RemoteTicket | None:
        """An open ticket of the group, else the latest one that the ledger never knew."""
        rows = self._office.book.of_group(group.key)
        known = {row.ticket_id for row in rows}
        # A closed twin of a ticket that is known is no news; taking it over would go on for ever.
        past = {row.generation for row in rows if row.ticket_id is not None}
        strangers = [
            h for h in hits if h.ticket_id not in known and (_generation(h) not in past or not _is_over(h))
        ]
        joins = hits if self._office.settings.update_ticket_on_repetitive_alerts else strangers
        is_open = [hit for hit in joins if not _is_over(hit)]
        if is_open:
            return min(is_open, key=lambda hit: hit.ticket_id)
        return max(strangers, key=lambda hit: (_generation(hit), -hit.ticket_id), default=None)

    def _next_generation(self, group: Group, hits: Sequence[RemoteTicket]) -> int:
        used = [row.generation for row in self._office.book.of_group(group.key)]
        return 1 + max([*used, *map(_generation, hits)], default=0)

    def _row(self, group: Group, *, generation: int, window_at: datetime) -> Row:
        return Row(
            ticket_key=ticket_key(group.key, generation=generation),
            group_key=group.key,
            generation=generation,
            kind=group.kind,
            scope=group.scope,
            company_id=group.company_id,
            company_name=group.company_name,
            state=State.CREATING,
            ticket_id=None,
            summary=self._office.wording.summary(group, self._office.facts),
            window_at=window_at,
            intended_at=self._office.now(),
        )

    def _new_ticket(self, row: Row, group: Group) -> NewTicket:
        office = self._office
        earlier = self._earlier(group)
        return NewTicket(
            reference=row.ticket_key,
            summary=row.summary,
            description=office.wording.description(group, office.facts, earlier=earlier),
            internal_analysis=office.wording.internal_analysis(
                group, office.facts, earlier=earlier, key=row.ticket_key
            ),
            company_id=office.system.company(group.company_id),
            worst=group.worst,
        )

    def _earlier(self, group: Group) -> list[Row]:
        settings = self._office.settings
        if not settings.enable_ticket_correlation:
            return []
        since = self._office.now() - timedelta(seconds=settings.correlation_interval)
        rows = [row for row in self._office.book.of_group(group.key) if row.ticket_id is not None]
        return [row for row in rows if (row.closed_at or row.told_at or row.intended_at) >= since]

    def _report_twins(self, row: Row, twins: Sequence[RemoteTicket]) -> None:
        if len(twins) > 1:
            ids = ", ".join(str(twin.ticket_id) for twin in twins)
            why = f"Tickets {ids} carry one reference; {row.ticket_id} is used. Merge them in the PSA."
            self._office.tell(row, None, "warning", why)


def _generation(hit: RemoteTicket) -> int:
    known = parse_reference(hit.reference)
    return known[1] if known else 0


def _is_over(hit: RemoteTicket) -> bool:
    return hit.is_closed or hit.merged_into is not None
