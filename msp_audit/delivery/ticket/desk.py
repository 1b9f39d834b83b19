"""One round over all tickets: what exists is brought up to date, what is new gets one, floods are dammed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from msp_audit.delivery.ticket.keys import flood_key
from msp_audit.delivery.ticket.maker import Maker
from msp_audit.delivery.ticket.model import Group, Happening, Item, Kind, RemoteTicket, Row, State
from msp_audit.delivery.ticket.worker import Office, Worker
from msp_audit.errors import SourceError

#: Lost answers in a row after which the round ends: the PSA has trouble, and each may take minutes.
MOST_SILENCES = 3


class Desk:
    """Goes over the groups of one run."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._book = office.book
        self._worker = Worker(office)
        self._maker = Maker(office, self._worker)
        #: Groups that wait for something and are not to be looked at again in this round.
        self._waiting: set[str] = set()

    def work(self) -> Sequence[Happening]:
        """Do everything that is due; a ticket in trouble does not keep the others waiting.

        Raises:
            DeliveryError: the settings name something that the PSA does not have; nothing was written.
            SourceError: the PSA cannot be read at all; nothing was written.
        """
        office = self._office
        self._settle_begun()
        remotes = self._remotes()
        for row in [row for row in self._book.live() if row.kind is not Kind.FLOOD]:
            self._bring_up_to_date(row, remotes)
        fresh = self._adopt_known(self._without_ticket())
        self._make(fresh)
        self._collect(remotes)
        if not office.is_dry:
            self._book.prune(office.settings.ticket_requests_retention, now=office.now())
        return tuple(office.account)

    def _settle_begun(self) -> None:
        for row in self._book.live():
            if row.state is State.CREATING and not self._maker.settle(row):
                self._waiting.add(row.group_key)

    def _remotes(self) -> Mapping[int, RemoteTicket]:
        """The tickets of the ledger as they are now; one that seems gone is looked for by reference too."""
        rows = [row for row in self._book.live() if row.state is State.LIVE]
        found = dict(self._office.system.fetch(row.ticket_id for row in rows if row.ticket_id is not None))
        absent = [row for row in rows if row.ticket_id not in found]
        hits = self._office.system.find([row.group_key for row in absent]) if absent else {}
        for row in absent:
            for hit in hits[row.group_key]:
                if hit.ticket_id == row.ticket_id:
                    found[hit.ticket_id] = hit
        return found

    def _bring_up_to_date(self, row: Row, remotes: Mapping[int, RemoteTicket]) -> None:
        group = self._portion(row)
        if row.state is State.DELETED and not group.items:
            self._book.put(replace(row, state=State.OVER), releases=row.kind is Kind.FLOOD)
        if row.state is not State.LIVE or row.group_key in self._waiting or self._is_silent():
            return
        with self._trouble(group):
            self._worker.handle(row, group, remotes.get(row.ticket_id or 0))

    def _portion(self, row: Row) -> Group:
        """The findings that belong on this ticket: the group's, without what its other tickets were told."""
        group = self._group_of(row)
        others = [other for other in self._book.of_group(row.group_key) if other.state is State.LIVE]
        older = {
            f for o in others if o.generation < row.generation for f in self._book.told.get(o.ticket_key, ())
        }
        is_newest = all(other.generation <= row.generation for other in others)
        takes_new = is_newest and self._office.settings.update_ticket_on_repetitive_alerts
        told = self._book.told.get(row.ticket_key, {})
        # A collecting ticket, and one that was just taken over, takes what there is.
        takes_new = takes_new or row.kind is Kind.FLOOD or (is_newest and not told and row.told_at is None)
        items = [i for i in group.items if i.finding_id not in older and (takes_new or i.finding_id in told)]
        return replace(group, items=tuple(items))

    def _group_of(self, row: Row) -> Group:
        if row.kind is Kind.FLOOD:
            return self._flood_group(row.group_key)
        known = self._office.facts.groups.get(row.group_key)
        return known or Group(
            key=row.group_key,
            kind=row.kind,
            scope=row.scope,
            title=row.summary,
            company_id=row.company_id,
            company_name=row.company_name,
            items=(),
            subject=row.scope,
        )

    def _flood_group(self, key: str) -> Group:
        groups = self._office.facts.groups
        members = [
            groups[group] for group, flood in self._book.routes.items() if flood == key and group in groups
        ]
        return Group(
            key=key,
            kind=Kind.FLOOD,
            scope="flood",
            title=f"Many findings at once: {len(members):,} groups",
            company_id=None,
            company_name="several companies",
            items=tuple(_located(item, group) for group in members for item in group.items),
            subject="findings",
        )

    def _without_ticket(self) -> list[Group]:
        """Groups, or the rest of them, that no ticket tells yet; worst first."""
        settings = self._office.settings
        fresh: list[Group] = []
        for key, group in self._office.facts.groups.items():
            if key in self._waiting or key in self._book.routes:
                continue
            rows = [row for row in self._book.of_group(key) if row.state is not State.OVER]
            if rows and settings.update_ticket_on_repetitive_alerts:
                continue
            told = {finding for row in rows for finding in self._book.told.get(row.ticket_key, ())}
            if any(row.state is State.DELETED for row in rows):
                continue
            left = tuple(item for item in group.items if item.finding_id not in told)
            if left:
                fresh.append(replace(group, items=left))
        return sorted(fresh, key=lambda group: (group.worst.rank, -len(group.items), group.key))

    def _adopt_known(self, groups: Sequence[Group]) -> list[Group]:
        """Take over what is there already; returns the groups that are left."""
        hits = self._office.system.find([group.key for group in groups]) if groups else {}
        left = []
        for group in groups:
            with self._trouble(group):
                row = self._maker.adopt(group, hits[group.key])
                if row is None or row.state is State.OVER:
                    left.append(group)
        return left

    def _make(self, groups: Sequence[Group]) -> None:
        """Tickets of their own up to the limit of the interval; the rest is collected."""
        office, settings = self._office, self._office.settings
        window_at, used = self._book.window(office.now(), seconds=settings.ticket_flood_interval)
        room = max(0, settings.ticket_flood_limit - used)
        for group in groups[:room]:
            if not self._is_silent():
                why = "No ticket tells of this yet."
                with self._trouble(group):
                    self._maker.create(group, window_at=window_at, why=why)
        if groups[room:] and not self._is_silent():
            key = flood_key(system=office.system.name, window_at=window_at)
            self._book.route([group.key for group in groups[room:]], key, now=office.now())

    def _collect(self, remotes: Mapping[int, RemoteTicket]) -> None:
        """Collecting tickets, after the groups that are new on them are known."""
        for row in [row for row in self._book.live() if row.kind is Kind.FLOOD]:
            self._bring_up_to_date(row, remotes)
        settings = self._office.settings
        served = {row.group_key for row in self._book.live()} | self._waiting
        for key in sorted(set(self._book.routes.values()) - served):
            group = self._flood_group(key)
            if group.items and not self._is_silent():
                window_at, _ = self._book.window(self._office.now(), seconds=settings.ticket_flood_interval)
                limit = f"{settings.ticket_flood_limit} in {settings.ticket_flood_interval} s"
                with self._trouble(group):
                    why = f"More groups than tickets allowed ({limit})."
                    self._maker.create(group, window_at=window_at, why=why)

    @contextmanager
    def _trouble(self, group: Group) -> Iterator[None]:
        """A failed look at one ticket is told; the others go on."""
        try:
            yield
        except SourceError as error:
            self._office.silences += 1
            self._office.account.append(
                Happening(
                    ticket_key=group.key,
                    deed=None,
                    status="unclear",
                    why=str(error),
                    company=group.company_name,
                    title=group.title,
                    findings=len(group.items),
                )
            )

    def _is_silent(self) -> bool:
        return self._office.silences >= MOST_SILENCES


def _located(item: Item, group: Group) -> Item:
    place = f"{group.company_name}: " if group.company_name else ""
    return replace(item, entity_name=f"{place}{item.label}", reason=item.reason or group.title)
