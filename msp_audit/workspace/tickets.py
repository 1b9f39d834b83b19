"""Tickets of a workspace: the meeting point of the ledger, the PSA and the reports that are attached."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from msp_audit.connectors.base import Check
from msp_audit.connectors.psa.tickets import TicketApi
from msp_audit.delivery import Receipt, ReceiptStatus
from msp_audit.delivery.ticket import (
    Happening,
    PsaTickets,
    Row,
    Surroundings,
    Trial,
    Wording,
    receipt_of,
    take_over,
    try_out,
    work_on_tickets,
)
from msp_audit.domain import Rows
from msp_audit.errors import DeliveryError, MspAuditError, SettingsError
from msp_audit.settings import Settings, TicketSettings
from msp_audit.store import Reader, Store

_STATUS = """
select
    tickets.ticket_id,
    tickets.state,
    tickets.status_name,
    tickets.company_name,
    tickets.summary,
    count(told.finding_id) as findings,
    tickets.note_count as notes,
    tickets.told_at,
    tickets.ticket_key as reference,
    coalesce(max(actions.why), '') as waits_for
from audit.tickets as tickets
left join audit.ticket_findings as told
    on tickets.ticket_key = told.ticket_key
left join audit.ticket_actions as actions
    on tickets.ticket_key = actions.ticket_key and actions.status in ('intended', 'unclear')
where tickets.state <> 'over' or $has_past
group by all
order by tickets.company_name, tickets.summary, tickets.ticket_key
"""

Stores = Callable[[], AbstractContextManager[Store]]
Readers = Callable[[], AbstractContextManager[Reader]]


class Tickets:
    """What ``msp-audit ticket`` and a delivery do. Nothing is opened before a verb is called."""

    def __init__(self, settings: Settings, *, store: Stores, reader: Readers, published: Path) -> None:
        self._settings = settings
        self._store = store
        self._reader = reader
        self._published = published

    def plan(self) -> Sequence[Happening]:
        """What would happen to which ticket, and why; nothing is written anywhere.

        Raises:
            SettingsError: there is no ``[tickets]`` or no ``[psa]``.
            DeliveryError, SourceError: as :func:`msp_audit.delivery.ticket.work_on_tickets`.
        """
        with self._system() as system, self._reader() as reader:
            return work_on_tickets(system, reader, self._around(reader))

    def work(self) -> Sequence[Happening]:
        """Bring all tickets up to the latest run, and publish their ledger."""
        with self._system() as system, self._store() as store, self._reader() as reader:
            account = work_on_tickets(system, store.database, self._around(reader), database=store.database)
        if any(item.deed is not None for item in account):
            with self._store() as store:
                store.publish(self._published)
        return account

    def deliver(self, *, is_dry: bool) -> Receipt:
        """The same as a delivery: a known failure is in the receipt."""
        try:
            account = self.plan() if is_dry else self.work()
        except MspAuditError as error:
            return Receipt(status=ReceiptStatus.FAILED, detail=str(error))
        if is_dry:
            planned = sum(1 for item in account if item.status == "planned")
            detail = f"Dry run: {planned} steps, see 'msp-audit ticket plan'."
            return Receipt(status=ReceiptStatus.SKIPPED, detail=detail)
        return receipt_of(account)

    def test(self) -> Trial:
        """Make the test ticket with its attachment and read it back."""
        with self._system() as system:
            return try_out(system, now=_now())

    def close_test(self, trial: Trial) -> None:
        """Close the test ticket.

        Raises:
            SourceError: the PSA refuses it.
        """
        with self._system() as system:
            system.prepare()
            system.close(trial.ticket)

    def adopt(self, key: str, ticket_id: int) -> Row:
        """Follow an existing ticket under the reference *key*."""
        with self._system() as system, self._store() as store:
            around = self._around(None)
            row = take_over(
                system, store.database, around, database=store.database, key=key, ticket_id=ticket_id
            )
            store.publish(self._published)
        return row

    def status(self, *, has_past: bool = False) -> Rows:
        """The tickets of the ledger as of the last round; those that are over too with *has_past*."""
        with self._reader() as reader:
            if not len(reader.query("select 1 from duckdb_tables() where table_name = 'ticket_actions'")):
                raise DeliveryError("No ticket was made yet. 'msp-audit ticket plan' says what would be.")
            return reader.query(_STATUS, {"has_past": has_past})

    def checks(self) -> Iterator[Check]:
        """For ``doctor``: every field of ``[tickets]`` is there, and every right."""
        try:
            wording = Wording(self._tickets, workspace=self._settings.name, jinja=_jinja)
            wording.prove()
            with self._system() as system:
                lacking = list(system.prepare())
        except MspAuditError as error:
            words = str(error)
            # A missing right, or a PSA that does not answer, says itself what helps.
            fix = "Correct [tickets] in the settings." if "[tickets]" in words else ""
            yield Check(name="fields", is_ok=False, detail=words, fix=fix)
            return
        yield Check(name="fields", is_ok=True, detail="Board, team, priority and company are there.")
        unknown = ", ".join(sorted(wording.unknown))
        yield Check(
            name="words",
            is_ok=not unknown,
            detail=f"Nobody knows {unknown}" if unknown else "Every variable of the templates is known.",
            fix="Correct title, description or internal_analysis; docs/tickets.md lists the variables.",
        )
        yield Check(
            name="rights",
            is_ok=not lacking,
            detail=f"{len(lacking)} are missing" if lacking else "All rights that tickets need.",
            fix=" ".join(lacking),
        )

    @property
    def _tickets(self) -> TicketSettings:
        if self._settings.tickets is None:
            raise SettingsError("There is no [tickets] in the settings; docs/tickets.md shows one.")
        return self._settings.tickets

    @contextmanager
    def _system(self) -> Iterator[PsaTickets]:
        if self._settings.psa is None:
            raise SettingsError("Tickets go to the PSA, and there is no [psa] in the settings.")
        settings = self._tickets
        api = TicketApi(self._settings.psa, request_timeout=settings.request_timeout, sleep=time.sleep)
        try:
            yield PsaTickets(api, settings)
        finally:
            api.close()

    def _around(self, reader: Reader | None) -> Surroundings:
        return Surroundings(
            settings=self._tickets,
            name=self._settings.name,
            root=self._settings.root,
            now=_now,
            jinja=_jinja,
            reports=None if reader is None else partial(self._reports, reader),
        )

    def _reports(self, reader: Reader, company_id: int) -> Sequence[Path]:
        """The company's edition of the report that tickets attach."""
        from msp_audit.reporting import load_brand, load_definitions, render

        settings = self._tickets
        folder = self._settings.root / "reports"
        definitions = load_definitions(folder)
        if settings.report not in definitions:
            raise SettingsError(f"tickets.report: there is no report '{settings.report}'.")
        run_id = reader.query("select max(run_id) from audit.runs where finished_at is not null").scalar()
        return render(
            definitions[settings.report],
            reader,
            int(run_id),
            faces=[face for face in settings.attach if face != "txt"],
            out_folder=folder / "output" / "tickets" / str(company_id),
            brand=load_brand(folder / "brand", name=self._settings.name),
            company_id=company_id,
            sections_folder=folder / "sections",
        )


def _jinja(template: str, values: Mapping[str, str]) -> str:
    from msp_audit.reporting.plaintext import render_text

    return render_text(template, values)


def _now() -> datetime:
    # The real time, also where the settings stop the clock: it says when a lost answer may be given up.
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
