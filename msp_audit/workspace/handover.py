"""Reports of the latest run made and handed over: the meeting point of reporting and delivery."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msp_audit.audit import latest_run_id, read_run
from msp_audit.connectors.base import Check
from msp_audit.delivery import Parcel, Receipt, ReceiptStatus, Totals, is_due, open_channel
from msp_audit.domain import Run, Verdict
from msp_audit.errors import ReportError, SettingsError, StoreError
from msp_audit.settings import DeliverySettings, Settings
from msp_audit.store import Reader, Store

if TYPE_CHECKING:
    from msp_audit.reporting import Brand, ReportDefinition

_ALREADY = """
select 1 from audit.deliveries
where run_id = $run_id and name = $name and status = 'sent'
"""
_BOOK = """
insert into audit.deliveries
select nextval('audit.delivery_ids'), $run_id, $name, $report, $channel, $status, $detail, $location, $now
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """One delivery of the settings and what became of it."""

    delivery: DeliverySettings
    receipt: Receipt


class Handover:
    """Makes reports of a published run and gives them to the channels of the settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.root / "reports"
        self._output = self._folder / "output"
        self._made: dict[tuple[int, str, str, Path], tuple[Path, ...]] = {}

    def report(
        self, reader: Reader, names: Sequence[str] | None, *, faces: Sequence[str], out: Path | None
    ) -> tuple[Path, ...]:
        """Make the reports called *names* (all by default) as *faces*; returns the files."""
        run_id = self._run(reader).run_id
        folder = out or self._output
        return tuple(
            path
            for definition in self._definitions(names)
            for face in faces
            for path in self._render(reader, run_id, definition, face, folder)
        )

    def _render(
        self, reader: Reader, run_id: int, definition: ReportDefinition, face: str, folder: Path
    ) -> tuple[Path, ...]:
        from msp_audit.reporting import render

        wanted = (run_id, definition.name, face, folder)
        if wanted not in self._made:
            # Reports and deliveries of one run share their files: a PDF takes seconds.
            self._made[wanted] = render(
                definition,
                reader,
                run_id,
                faces=(face,),
                out_folder=folder,
                brand=self._brand(),
                sections_folder=self._folder / "sections",
            )
        return self._made[wanted]

    def deliver(self, reader: Reader, *, dry_run: bool) -> tuple[Handed, ...]:
        """Hand over what is due; *dry_run* builds everything and sends nothing."""
        run = self._run(reader)
        return tuple(
            Handed(delivery=delivery, receipt=self._deliver(reader, run, delivery, dry_run=dry_run))
            for delivery in self._settings.delivery
        )

    def book(self, store: Store, reader: Reader, handed: Sequence[Handed], *, now: datetime) -> None:
        """Keep the receipts of what was *handed* over in the ledger."""
        run_id = latest_run_id(reader)
        for item in handed:
            delivery, receipt = item.delivery, item.receipt
            store.database.execute(
                _BOOK,
                {
                    "run_id": run_id,
                    "name": delivery.name,
                    "report": delivery.report,
                    "channel": delivery.channel,
                    "status": receipt.status.value,
                    "detail": receipt.detail,
                    "location": receipt.location,
                    "now": now,
                },
            )

    def check_pdf(self) -> Check:
        """Whether PDF can be made here."""
        from msp_audit.reporting import check_pdf

        try:
            check_pdf()
        except ReportError as error:
            return Check(name="PDF libraries", is_ok=False, detail="not usable", fix=str(error))
        return Check(name="PDF libraries", is_ok=True, detail="Pango and WeasyPrint work.")

    def _deliver(self, reader: Reader, run: Run, delivery: DeliverySettings, *, dry_run: bool) -> Receipt:
        from msp_audit.reporting import mail_body

        if len(reader.query(_ALREADY, {"run_id": run.run_id, "name": delivery.name})):
            return Receipt(status=ReceiptStatus.SKIPPED, detail="This run was delivered before.")
        skip = is_due(delivery.when, _totals(run))
        if skip is not None:
            return Receipt(status=ReceiptStatus.SKIPPED, detail=skip)
        (definition,) = self._definitions([delivery.report])
        attachments = self.report(reader, [definition.name], faces=delivery.attach, out=None)
        body = mail_body(
            definition,
            reader,
            run.run_id,
            brand=self._brand(),
            sections_folder=self._folder / "sections",
        )
        parcel = Parcel(
            name=delivery.name,
            report=delivery.report,
            run_id=run.run_id,
            as_of=run.as_of,
            sender=delivery.sender,
            to=delivery.to,
            subject=body.subject,
            html=body.html,
            text=body.text,
            images=body.images,
            attachments=attachments,
        )
        if dry_run:
            return Receipt(status=ReceiptStatus.SKIPPED, detail="Dry run: built, not handed over.")
        return open_channel(delivery, root=self._settings.root).deliver(parcel)

    def _definitions(self, names: Sequence[str] | None) -> Iterator[ReportDefinition]:
        from msp_audit.reporting import load_definitions

        known = load_definitions(self._folder)
        for name in names or sorted(known):
            if name not in known:
                raise SettingsError(f"There is no report '{name}'. There are: {', '.join(sorted(known))}.")
            yield known[name]

    def _brand(self) -> Brand:
        from msp_audit.reporting import load_brand

        return load_brand(self._folder / "brand", name=self._settings.name)

    def _run(self, reader: Reader) -> Run:
        run_id = latest_run_id(reader)
        if run_id is None:
            raise StoreError("There is no run to report on yet. 'msp-audit run' makes one.")
        return read_run(reader, run_id)


def _totals(run: Run) -> Totals:
    doubted = (Verdict.PARTIAL, Verdict.REFUSED, Verdict.SHRUNK, Verdict.STALE)
    return Totals(
        open=sum(run.open_findings.values()),
        new=run.new,
        reopened=run.reopened,
        resolved=run.resolved,
        is_incomplete=bool(run.failed) or any(reading.verdict in doubted for reading in run.readings),
    )
