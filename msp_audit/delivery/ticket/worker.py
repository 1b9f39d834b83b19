"""Brings one ticket up to date: the intent first, then the call, then what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from msp_audit.connectors.psa.tickets import WriteNotSent, WriteRefused
from msp_audit.delivery.ticket.book import Book, Intent
from msp_audit.delivery.ticket.decide import Decision, Situation, decide
from msp_audit.delivery.ticket.files import Files
from msp_audit.delivery.ticket.keys import note_marker
from msp_audit.delivery.ticket.model import (
    Action,
    Deed,
    Facts,
    Group,
    Happening,
    Kind,
    RemoteTicket,
    Row,
    State,
)
from msp_audit.delivery.ticket.system import TicketSystem
from msp_audit.delivery.ticket.wording import Wording
from msp_audit.errors import DeliveryError, ReportError, RuleError, SettingsError, SourceError
from msp_audit.settings import TicketSettings

#: Seconds between looks for what an unclear answer may have left behind.
LOOKS = (2.0, 5.0, 10.0)


@dataclass(slots=True, kw_only=True)
class Office:
    """What working on tickets needs, and the account of it."""

    system: TicketSystem
    book: Book
    settings: TicketSettings
    wording: Wording
    files: Files
    facts: Facts
    now: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep
    #: Only say what would be done.
    is_dry: bool = False
    account: list[Happening] = field(default_factory=list)
    #: Answers in a row that were lost or never came.
    silences: int = 0

    def tell(self, row: Row, deed: Deed | None, status: str, why: str, *, findings: int = 0) -> None:
        """Add a line to the account."""
        self.silences = self.silences + 1 if status == "unclear" else 0 if status == "done" else self.silences
        self.account.append(
            Happening(
                ticket_key=row.ticket_key,
                deed=deed,
                status=status,
                why=why,
                ticket_id=row.ticket_id,
                company=row.company_name,
                title=row.summary,
                findings=findings,
            )
        )


class Worker:
    """Works on one ticket that exists."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def handle(self, row: Row, group: Group, remote: RemoteTicket | None) -> Row:
        """Finish what was begun, then do what the facts ask for; returns the row as it is then."""
        office = self._office
        target = office.system.follow(remote) if remote is not None else None
        row = self._seen(row, remote, target)
        if self._waits(row, group, target):
            return office.book.rows[row.ticket_key]
        row = office.book.rows[row.ticket_key]
        if remote is not None and row.status_name != remote.status_name:
            # Finishing has opened or closed it.
            remote = office.system.fetch([remote.ticket_id]).get(remote.ticket_id)
            target = office.system.follow(remote) if remote is not None else None
        situation = Situation(
            row=row,
            told=office.book.told.get(row.ticket_key, {}),
            items=group.items,
            gone=office.facts.gone,
            remote=remote,
            target=target,
            seen_at=office.facts.seen_at,
            now=office.now(),
        )
        self._do(row, group, target, decide(situation, office.settings))
        return office.book.rows[row.ticket_key]

    def attach_all(self, row: Row, group: Group) -> None:
        """Attach what goes with a new ticket."""
        office = self._office
        titles = office.files.titles(group, run_id=office.facts.run_id)
        intents = [Intent(deed=Deed.ATTACH, marker=title, why="Goes with a new ticket.") for title in titles]
        if intents and row.ticket_id is not None:
            begun = office.book.begin(row, intents, run_id=office.facts.run_id, now=office.now())
            for action in begun:
                self._attach(row, row.ticket_id, group, action)

    def _seen(self, row: Row, remote: RemoteTicket | None, target: RemoteTicket | None) -> Row:
        if remote is None:
            return row
        seen = replace(
            row,
            written_to_id=target.ticket_id if target and target.ticket_id != remote.ticket_id else None,
            status_name=remote.status_name,
            board_name=remote.board_name,
            closed_at=(remote.closed_at or row.closed_at) if remote.is_closed else None,
        )
        self._office.book.put(seen)
        return seen

    def _waits(self, row: Row, group: Group, target: RemoteTicket | None) -> bool:
        """Finish the steps that were begun and never closed; whether the ticket has to wait for them."""
        office = self._office
        for action in list(office.book.pending.get(row.ticket_key, ())):
            if office.is_dry:
                office.tell(row, action.deed, "planned", "Was begun before; it is looked for, then finished.")
                return True
            if target is None:
                self._close(action, "void", "The ticket is gone.")
            elif action.deed is Deed.ATTACH:
                self._attach(row, target.ticket_id, group, action)
            elif self._is_done(action, row, target):
                self._book_done(row, action)
            elif self._is_outdated(action, row, group, target):
                self._void_rest(row, "The ticket has changed since; decided anew.")
                return False
            elif office.now() - action.intended_at < timedelta(seconds=office.settings.settle_seconds):
                office.tell(row, action.deed, "unclear", "Not there yet; a late answer may still come.")
                return True
            elif not self._perform(row, target, group, action):
                return True
        return False

    @staticmethod
    def _is_outdated(action: Action, row: Row, group: Group, target: RemoteTicket) -> bool:
        """Whether a step that was begun no longer fits; what it would have told is told by a new one."""
        if action.deed is Deed.NOTE:
            return target.is_closed
        # Merged since: what it was merged into is somebody else's to close.
        is_own = target.ticket_id == row.ticket_id
        return action.deed is Deed.REOPEN or (action.deed is Deed.CLOSE and (bool(group.items) or not is_own))

    def _do(self, row: Row, group: Group, target: RemoteTicket | None, decision: Decision) -> None:
        office = self._office
        is_over = decision.state is State.OVER
        row = replace(row, state=decision.state, closed_at=decision.closed_at or row.closed_at)
        office.book.put(row, releases=is_over and row.kind is Kind.FLOOD)
        if not decision.deeds or target is None:
            office.tell(row, None, decision.status, decision.why, findings=len(group.items))
            return
        intents, row = self._intents(row, group, decision)
        if office.is_dry:
            for intent in intents:
                office.tell(row, intent.deed, "planned", intent.why, findings=len(group.items))
            return
        begun = office.book.begin(row, intents, run_id=office.facts.run_id, now=office.now())
        for action in begun:
            if not self._perform(row, target, group, action):
                return
            row = office.book.rows[row.ticket_key]

    def _intents(self, row: Row, group: Group, decision: Decision) -> tuple[list[Intent], Row]:
        office, number = self._office, row.note_count + 1
        text = office.wording.note(
            group, office.facts, decision.delta, key=row.ticket_key, number=number, opening=decision.opening
        )
        marker = note_marker(row.ticket_key, number=number)
        intents: list[Intent] = []
        for deed in decision.deeds:
            if deed is Deed.NOTE:
                note = Intent(deed=deed, why=decision.why, marker=marker, text=text, told=group.told)
                intents += [note, *self._files(group, decision, number=number)]
            else:
                intents.append(Intent(deed=deed, why=decision.why))
        return intents, replace(row, note_count=number)

    def _files(self, group: Group, decision: Decision, *, number: int) -> list[Intent]:
        office = self._office
        titles = office.files.titles(group, run_id=office.facts.run_id) if group.items else []
        intents = [Intent(deed=Deed.ATTACH, marker=title, why="Goes with the note.") for title in titles]
        if office.settings.display_only_first_activity_record and office.wording.is_cut(decision.delta):
            listing = office.wording.listing(decision.delta)
            title = f"msp-audit note {number}: changes.txt"
            why = "The note names the first of them."
            intents.append(Intent(deed=Deed.ATTACH, marker=title, text=listing, why=why))
        return intents

    def _perform(self, row: Row, target: RemoteTicket, group: Group, action: Action) -> bool:
        """One call and what came of it; whether the next step may follow."""
        office = self._office
        if action.deed is Deed.ATTACH:
            self._attach(row, target.ticket_id, group, action)
            return True
        try:
            self._call(action, target)
        except (WriteRefused, WriteNotSent, DeliveryError) as error:
            is_conflict = isinstance(error, WriteRefused) and error.status == 409
            if not (is_conflict and self._turns_up(action, row, target)):
                self._close(action, "refused", str(error))
                self._void_rest(row, "The step before was refused.")
                office.tell(row, action.deed, "refused", str(error))
                return False
        except SourceError as error:
            if not self._turns_up(action, row, target):
                self._close(action, "unclear", str(error))
                office.tell(row, action.deed, "unclear", f"{error} The next run looks for it.")
                return False
        self._book_done(row, action)
        office.tell(office.book.rows[row.ticket_key], action.deed, "done", action.why)
        return True

    def _call(self, action: Action, target: RemoteTicket) -> None:
        system = self._office.system
        if action.deed is Deed.NOTE:
            system.add_note(target.ticket_id, action.text)
        elif action.deed is Deed.REOPEN:
            system.reopen(target)
        else:
            system.close(target)

    def _turns_up(self, action: Action, row: Row, target: RemoteTicket) -> bool:
        """Whether a step without a clear answer was done after all, within some seconds."""
        for seconds in LOOKS:
            self._office.sleep(seconds)
            try:
                if self._is_done(action, row, target):
                    return True
            except SourceError:
                continue
        return False

    def _is_done(self, action: Action, row: Row, target: RemoteTicket) -> bool:
        system = self._office.system
        if action.deed is Deed.NOTE:
            # It may have been written before the ticket was merged.
            places = dict.fromkeys(filter(None, (target.ticket_id, row.ticket_id)))
            return any(system.has_note(place, action.marker) for place in places)
        now = system.fetch([target.ticket_id]).get(target.ticket_id)
        return now is not None and now.is_closed is (action.deed is Deed.CLOSE)

    def _book_done(self, row: Row, action: Action) -> None:
        office, now = self._office, self._office.now()
        row = office.book.rows[row.ticket_key]
        if action.deed is Deed.NOTE:
            row = replace(row, told_at=now)
        elif action.deed is Deed.REOPEN:
            row = replace(row, closed_at=None, status_name="")
        else:
            row = replace(row, closed_at=now, status_name="")
        office.book.finish(action, "done", now=now, row=row)

    def _attach(self, row: Row, ticket_id: int, group: Group, action: Action) -> None:
        office = self._office
        try:
            file = office.files.file(action, group)
        except (ReportError, SettingsError, RuleError, OSError) as error:
            self._close(action, "refused", str(error))
            office.tell(row, action.deed, "refused", f"{action.marker} could not be made: {error}")
            return
        if file is None:
            self._close(action, "void", "The file can no longer be made.")
            return
        try:
            # Listed first: the last attempt may have arrived.
            if file.title not in office.system.attached(ticket_id):
                office.system.attach(ticket_id, file)
        except SourceError as error:
            if self._is_attached(ticket_id, file.title):
                self._close(action, "done", "")
                return
            path = office.files.keep(ticket_id, file)
            self._close(action, "refused", str(error))
            is_ignored = office.settings.ignore_upload_attachment_error
            office.tell(row, action.deed, "warning" if is_ignored else "refused", f"{error} Kept as {path}.")
            return
        self._close(action, "done", "")
        office.tell(row, action.deed, "done", file.title)

    def _is_attached(self, ticket_id: int, title: str) -> bool:
        try:
            return title in self._office.system.attached(ticket_id)
        except SourceError:
            return False

    def _close(self, action: Action, status: str, detail: str) -> None:
        self._office.book.finish(action, status, detail=detail, now=self._office.now())

    def _void_rest(self, row: Row, why: str) -> None:
        for action in list(self._office.book.pending.get(row.ticket_key, ())):
            self._close(action, "void", why)


def exact(hits: Sequence[RemoteTicket], row: Row) -> list[RemoteTicket]:
    """Those with exactly this reference: open ones first, then the oldest."""
    same = [hit for hit in hits if hit.reference.strip().casefold() == row.ticket_key.casefold()]
    return sorted(same, key=lambda hit: (hit.is_closed or hit.merged_into is not None, hit.ticket_id))
