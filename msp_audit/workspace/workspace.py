"""A workspace and its verbs: snapshot, audit, report, deliver, run, sql."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from msp_audit import __version__
from msp_audit.audit import (
    Catalogue,
    Limits,
    Past,
    RuleProgress,
    Terms,
    judge,
    latest_run_id,
    load_catalogue,
    open_findings,
    read_run,
)
from msp_audit.connectors import configured_sources, views_folder_of
from msp_audit.connectors.base import Check
from msp_audit.connectors.tape import Tape
from msp_audit.delivery import ReceiptStatus, check_login
from msp_audit.domain import Finding, Rows, Run
from msp_audit.errors import MspAuditError, ReportIncomplete, SettingsError
from msp_audit.settings import DeliverySettings, ScheduleSettings, Settings, load_settings
from msp_audit.store import Reader, Shrinkage, Snapshot, Store, Upkeep, Views
from msp_audit.workspace.doctor import check_disk, check_sources
from msp_audit.workspace.handover import Handed, Handover
from msp_audit.workspace.history import History
from msp_audit.workspace.outcome import Outcome, troubles_of
from msp_audit.workspace.reading import SnapshotProgress, open_tape, read_sources
from msp_audit.workspace.schedule import is_due, late_notice
from msp_audit.workspace.stages import stage
from msp_audit.workspace.tickets import Tickets
from msp_audit.workspace.watch import tell_monitor, tell_operator

#: Which files a report is made as when nobody says.
FACES = ("html", "pdf", "xlsx")
#: Made only when they are asked for: the findings as data.
DATA_FACES = ("csv", "json", "parquet")


class Workspace:
    """A folder that one works in. Opening it reads the settings and nothing else."""

    def __init__(self, settings: Settings, *, clock: Callable[[], datetime] | None = None) -> None:
        self.settings = settings
        self._clock = clock

    @classmethod
    def open(cls, folder: Path | str = ".", *, overrides: Mapping[str, Any] | None = None) -> Self:
        """The workspace in *folder*; *overrides* replace top-level settings.

        Raises:
            SettingsError: no settings there, or they are not understood.
        """
        return cls(load_settings(Path(folder), overrides))

    @property
    def published(self) -> Path:
        """The database that people open."""
        return self.settings.root / self.settings.store.published

    @property
    def sources(self) -> tuple[str, ...]:
        """The configured sources, in reading order."""
        return configured_sources(self.settings)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The rules in force, and the files that are none."""
        return load_catalogue(self.settings.root / "rules", self.settings.rules)

    @cached_property
    def views(self) -> Views:
        """The typed relations of every source that ships, configured or not."""
        from msp_audit.connectors import CONNECTORS

        return Views.load({source: views_folder_of(source) for source in CONNECTORS})

    def now(self) -> datetime:
        """UTC without a zone; stands still where the settings stop the clock."""
        if self._clock is not None:
            return self._clock()
        if self.settings.as_of is not None:
            stopped = self.settings.as_of
            return (stopped.astimezone(UTC) if stopped.tzinfo else stopped).replace(tzinfo=None)
        return datetime.now(UTC).replace(tzinfo=None, microsecond=0)

    def snapshot(
        self,
        sources: Sequence[str] | None = None,
        *,
        accept_shrink: bool = False,
        progress: SnapshotProgress | None = None,
        record: Path | None = None,
        replay: Path | None = None,
    ) -> tuple[Snapshot, ...]:
        """Read the *sources* (all by default) and seal what was read.

        *record* names a new folder for the raw answers of the servers, without secrets; *replay* such a
        folder that answers in the servers' place.

        Raises:
            SettingsError: none is configured, or one that is named is not.
            StoreError: another run holds the store, or it cannot be written.
        """
        with self._store() as store:
            return self._snapshot(
                store,
                sources,
                accept_shrink=accept_shrink,
                progress=progress,
                tape=open_tape(record=record, replay=replay),
            )

    def audit(self, *, progress: RuleProgress | None = None) -> Run:
        """Judge every rule over the latest snapshots, and publish the database."""
        with self._store() as store:
            run = self._judge(store, progress=progress)
            self._publish(store)
        return run

    def report(
        self,
        names: Sequence[str] | None = None,
        *,
        faces: Sequence[str] = FACES,
        out: Path | None = None,
        run: int | datetime | None = None,
    ) -> tuple[Path, ...]:
        """Make the reports (all by default) of the latest run, or of *run* as it left everything.

        Raises:
            ReportIncomplete: some could not be made; it holds the files that were.
            StoreError: there is no such run, or what it saw is kept no longer.
        """
        with self.reader() as published:
            published.require_current()
        with self.reader() if run is None else self.as_of(run) as reader:
            made = self._handover.report(reader, names, faces=faces, out=out)
        if made.unmade:
            raise ReportIncomplete(made.unmade, made=made.files)
        return made.files

    def deliver(
        self, *, dry_run: bool = False, preview: Path | None = None, notices: Sequence[str] = ()
    ) -> tuple[Handed, ...]:
        """Hand over the reports of the latest run as the settings say; each one once.

        *dry_run* builds every mail and only writes it, to *preview* or ``reports/output/preview``.
        """
        if dry_run and preview is None:
            preview = self.settings.root / "reports" / "output" / "preview"
        with self.reader() as reader:
            reader.require_current()
            handed = self._handover.deliver(reader, preview=preview, notices=notices)
        handed += self._ticketed(is_dry=preview is not None)
        told = tuple(item for item in handed if item.receipt.status is not ReceiptStatus.SKIPPED)
        if told and preview is None:
            with self._store() as store:
                self._handover.book(store, told, now=self.now())
                self._publish(store)
        return handed

    def run(
        self,
        *,
        accept_shrink: bool = False,
        reading: SnapshotProgress | None = None,
        judging: RuleProgress | None = None,
    ) -> Outcome:
        """Snapshot, audit, report and deliver; the operator hears by mail when something fails."""
        before = self.last_run()
        try:
            outcome = self._whole_run(before, accept_shrink=accept_shrink, reading=reading, judging=judging)
        except MspAuditError as error:
            tell_operator(self.settings, troubles=[str(error)], now=self.now())
            raise
        troubles = troubles_of(outcome)
        tell_operator(self.settings, troubles=troubles, now=self.now(), run_id=outcome.run.run_id)
        if not troubles:
            tell_monitor(self.settings)
        return outcome

    def is_due(self) -> bool:
        """Whether a run should begin, as ``[schedule]`` says."""
        last = self.last_run()
        schedule = self.settings.schedule or ScheduleSettings()
        return is_due(schedule, last=None if last is None else last.as_of, now=self.now())

    def _whole_run(
        self,
        before: Run | None,
        *,
        accept_shrink: bool,
        reading: SnapshotProgress | None,
        judging: RuleProgress | None,
    ) -> Outcome:
        with self._store() as store:
            snapshots = self._snapshot(store, None, accept_shrink=accept_shrink, progress=reading)
            run = self._judge(store, progress=judging)
            self._publish(store)
        notices = late_notice(
            self.settings.schedule, before=None if before is None else before.as_of, now=run.as_of
        )
        with self.reader() as reader, stage("Reports made"):
            made = self._handover.report(reader, None, faces=FACES, out=None, notices=notices)
        with stage("Delivered"):
            handed = self.deliver(notices=notices)
        return Outcome(snapshots=snapshots, run=run, reports=made.files, unmade=made.unmade, handed=handed)

    def sql(
        self,
        query: str,
        params: Mapping[str, Any] | None = None,
        *,
        as_of: int | datetime | None = None,
    ) -> Rows:
        """Ask the published database, or what it was after a past run (*as_of*); nothing can be changed."""
        if as_of is not None:
            with self.as_of(as_of) as past:
                return past.query(query, params)
        with self.reader() as reader:
            return reader.query(query, params)

    def findings(self, *, where: str = "true") -> tuple[Finding, ...]:
        """Open findings after the latest run, worst first; *where* is SQL over ``audit.findings``."""
        with self.reader() as reader:
            return open_findings(reader, where=where)

    def as_of(self, when: int | datetime) -> Past:
        """Every relation and the findings as run *when*, or the last run until *when*, left them.

        Raises:
            StoreError: there is no such run, or what it saw is kept no longer.
        """
        return Past(
            self.published, views=self.views, when=when, memory_limit=self.settings.store.memory_limit
        )

    @property
    def history(self) -> History:
        """What changed since when, why a finding is there, and what is set aside."""
        return History(self.settings, views=self.views, now=self.now)

    def last_run(self) -> Run | None:
        """The latest finished run; None before the first."""
        if not self.published.exists():
            return None
        with self.reader() as reader:
            run_id = latest_run_id(reader)
            return None if run_id is None else read_run(reader, run_id)

    def doctor(self) -> Iterator[tuple[str, Check]]:
        """Check sources, rules and reports; yields ``(where, check)`` and changes nothing."""
        yield from check_sources(self.settings, sources=self.sources)
        broken = self.catalogue.broken
        detail = f"{len(self.catalogue.rules)} rules" + "".join(f"; {item.message}" for item in broken)
        yield (
            "rules",
            Check(name="rule files", is_ok=not broken, detail=detail, fix="Mend the files named here."),
        )
        yield "reports", self._handover.check_pdf()
        if self.settings.mail is not None:
            yield "mail", check_login(self.settings.mail)
        yield "machine", check_disk(self.settings.root, published=self.published)
        if self.settings.tickets is not None:
            for check in self.tickets.checks():
                yield "tickets", check

    @cached_property
    def tickets(self) -> Tickets:
        """Tickets in the PSA about what the latest run found."""
        return Tickets(self.settings, store=self._store, reader=self.reader, published=self.published)

    @contextmanager
    def reader(self) -> Iterator[Reader]:
        """The published database, read only."""
        with Reader(self.published, memory_limit=self.settings.store.memory_limit) as reader:
            yield reader

    def _ticketed(self, *, is_dry: bool) -> tuple[Handed, ...]:
        if self.settings.tickets is None:
            return ()
        delivery = DeliverySettings.model_construct(name="tickets", report="tickets", channel="ticket")
        run = self.last_run()
        receipt = self.tickets.deliver(is_dry=is_dry)
        return (Handed(delivery=delivery, receipt=receipt, run_id=run.run_id if run else 0, name="tickets"),)

    @cached_property
    def _handover(self) -> Handover:
        return Handover(self.settings)

    def _publish(self, store: Store) -> None:
        with stage("Database published"):
            store.publish(self.published)

    def _materialise(self, store: Store) -> None:
        with stage("Typed relations made"):
            store.materialise(self.views)

    @contextmanager
    def _store(self) -> Iterator[Store]:
        folder = self.settings.root / self.settings.store.folder
        limit = self.settings.store.memory_limit
        upkeep = Upkeep(
            keep_days=self.settings.store.keep_days, compact_share=self.settings.store.compact_share
        )
        with Store(
            folder,
            memory_limit=limit,
            workspace=self.settings.root,
            wait_seconds=self.settings.store.wait_seconds,
            upkeep=upkeep,
        ) as store:
            yield store

    def _snapshot(
        self,
        store: Store,
        sources: Sequence[str] | None,
        *,
        accept_shrink: bool,
        progress: SnapshotProgress | None,
        tape: Tape | None = None,
    ) -> tuple[Snapshot, ...]:
        chosen = tuple(sources or self.sources)
        unknown = [source for source in chosen if source not in self.sources]
        if unknown or not chosen:
            known = ", ".join(self.sources) or "none"
            what = f"The source '{unknown[0]}' is not configured" if unknown else "No source is configured"
            raise SettingsError(f"{what} in {self.settings.root}; configured: {known}.")
        limits = self.settings.store
        shrinkage = Shrinkage(share=limits.shrink_share, rows=limits.shrink_rows, is_accepted=accept_shrink)
        with stage("Sources read"):
            snapshots = read_sources(
                store,
                settings=self.settings,
                sources=chosen,
                now=self.now,
                shrinkage=shrinkage,
                progress=progress,
                tape=tape,
            )
        self._materialise(store)
        return snapshots

    def _judge(self, store: Store, *, progress: RuleProgress | None) -> Run:
        # Read first: what cannot be understood there must not cost a run its judging.
        suppressions = self.history.suppressions()
        self._materialise(store)
        limits = self.settings.store
        with stage("Rules judged"):
            return judge(
                store.database,
                catalogue=self.catalogue,
                views=self.views,
                sources=self.sources,
                terms=Terms(
                    as_of=self.now(),
                    limits=Limits(seconds=limits.rule_seconds, max_findings=limits.max_findings),
                    stale_after=timedelta(hours=limits.stale_after_hours),
                    settings=self.settings.rules,
                    program_version=__version__,
                    suppressions=suppressions,
                    soon_days=self.settings.suppressions.soon_days,
                ),
                progress=progress,
            )
