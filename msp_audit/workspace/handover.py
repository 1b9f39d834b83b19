"""Reports of the latest run made and handed over: the meeting point of reporting and delivery."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msp_audit.audit import latest_run_id, read_run
from msp_audit.connectors.base import Check
from msp_audit.delivery import CHANNELS, Parcel, Receipt, Totals, is_due
from msp_audit.domain import Run
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


class Handover:
    """Makes reports of a published run and gives them to the channels of the settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.root / "reports"

    def report(
        self, reader: Reader, names: Sequence[str] | None, *, faces: Sequence[str], out: Path | None
    ) -> tuple[Path, ...]:
        """Make the reports called *names* (all by default) as *faces*; returns the files."""
        from msp_audit.reporting import render

        run_id = self._run(reader).run_id
        return tuple(
            path
            for definition in self._definitions(names)
            for path in render(
                definition,
                reader,
                run_id,
                faces=faces,
                out_folder=out or self._folder / "output",
                brand=self._brand(),
                sections_folder=self._folder / "sections",
            )
        )

    def deliver(self, reader: Reader, *, dry_run: bool) -> tuple[Receipt, ...]:
        """Hand over what is due; *dry_run* builds everything and sends nothing."""
        run = self._run(reader)
        return tuple(
            self._deliver(reader, run, delivery, dry_run=dry_run) for delivery in self._settings.delivery
        )

    def book(self, store: Store, reader: Reader, receipts: Sequence[Receipt], *, now: datetime) -> None:
        """Keep the *receipts* of a delivery in the ledger."""
        run_id = latest_run_id(reader)
        deliveries = {delivery.name: delivery for delivery in self._settings.delivery}
        for receipt in receipts:
            delivery = deliveries[receipt.name]
            store.database.execute(
                _BOOK,
                {
                    "run_id": run_id,
                    "name": receipt.name,
                    "report": delivery.report,
                    "channel": delivery.channel,
                    "status": receipt.status,
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
        from msp_audit.reporting import mail_body, render

        if len(reader.query(_ALREADY, {"run_id": run.run_id, "name": delivery.name})):
            return Receipt(name=delivery.name, status="skipped", detail="This run was delivered before.")
        skip = is_due(delivery.when, _totals(run))
        if skip is not None:
            return Receipt(name=delivery.name, status="skipped", detail=skip)
        (definition,) = self._definitions([delivery.report])
        brand = self._brand()
        sections = self._folder / "sections"
        attachments = render(
            definition,
            reader,
            run.run_id,
            faces=delivery.attach,
            out_folder=self._folder / "output",
            brand=brand,
            sections_folder=sections,
        )
        body = mail_body(definition, reader, run.run_id, brand=brand, sections_folder=sections)
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
            return Receipt(name=delivery.name, status="skipped", detail="Dry run: built, not handed over.")
        return CHANNELS[delivery.channel](self._settings.root, delivery).deliver(parcel)

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
    return Totals(
        open=sum(run.open_findings.values()),
        changed=run.new + run.reopened + run.resolved,
        unchecked=len(run.not_evaluated) + len(run.failed),
    )
