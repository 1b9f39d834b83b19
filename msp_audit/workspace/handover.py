"""Reports of the latest run made and handed over: the meeting point of reporting and delivery."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from msp_audit.audit import latest_run_id, read_run
from msp_audit.connectors.base import Check
from msp_audit.delivery import (
    Channel,
    EmailChannel,
    Parcel,
    Receipt,
    ReceiptStatus,
    Totals,
    is_due,
    message_bytes,
    open_channel,
)
from msp_audit.delivery.folder import file_name
from msp_audit.domain import Run, Verdict
from msp_audit.errors import DeliveryError, ReportError, StoreError
from msp_audit.settings import DeliverySettings, Settings
from msp_audit.store import Reader, Store
from msp_audit.workspace.papers import Made, Papers
from msp_audit.workspace.receipts import Handed, book, last_sent_as_of, was_handed_over
from msp_audit.workspace.recipients import Addressee, addressees
from msp_audit.workspace.topics import about, reference, topics

if TYPE_CHECKING:
    from msp_audit.reporting import MailBody, ReportDefinition
    from msp_audit.reporting import Reader as ReportReader

__all__ = ["Handed", "Handover"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """One report for one company, or for everything."""

    delivery: DeliverySettings
    definition: ReportDefinition
    run: Run
    to: tuple[str, ...]
    notices: tuple[str, ...]
    company_id: int | None = None
    company: str = ""
    #: The rule or theme that it is about alone; empty: all of the report.
    topic: str = ""

    @property
    def name(self) -> str:
        company = "" if self.company_id is None else f"/{self.company_id}"
        return self.delivery.name + company + (f"/{self.topic}" if self.topic else "")

    @property
    def reference(self) -> str:
        return reference(
            self.delivery.name, per=self.delivery.per, topic=self.topic, company_id=self.company_id
        )


class Handover:
    """Makes reports of a published run and gives them to the channels of the settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._papers = Papers(settings)

    def report(
        self,
        reader: ReportReader,
        names: Sequence[str] | None,
        *,
        faces: Sequence[str],
        out: Path | None,
        notices: Sequence[str] = (),
    ) -> Made:
        """Make the reports called *names* (those delivered by default) as *faces*, of *reader*'s last run."""
        run_id = _run(reader).run_id
        return self._papers.all(reader, run_id, names, faces=faces, out=out, notices=notices)

    def deliver(
        self, reader: Reader, *, preview: Path | None = None, notices: Sequence[str] = ()
    ) -> tuple[Handed, ...]:
        """Hand over what is due, after what waits in the spool; with *preview*, only write it there."""
        run = _run(reader)
        mails = self._mails()
        handed = [] if preview else list(self._flushed(mails))
        for delivery in self._settings.delivery:
            channel: Channel | None = None
            if preview is None:
                channel = mails if mails and delivery.channel == mails.name else self._open(delivery)
            for item in self._items(reader, run, delivery, tuple(notices)):
                receipt = self._handed_over(reader, item, channel, preview=preview)
                handed.append(Handed(delivery=delivery, receipt=receipt, run_id=run.run_id, name=item.name))
        if mails is not None:
            mails.close()
        return tuple(handed)

    def book(self, store: Store, handed: Sequence[Handed], *, now: datetime) -> None:
        """Keep the receipts of what was *handed* over in the ledger."""
        book(store, handed, now=now)

    def check_pdf(self) -> Check:
        """Whether PDF can be made here."""
        return self._papers.check_pdf()

    def _mails(self) -> EmailChannel | None:
        mail = self._settings.mail
        return None if mail is None else EmailChannel(mail, root=self._settings.root)

    def _open(self, delivery: DeliverySettings) -> Channel:
        return open_channel(delivery, root=self._settings.root, mail=self._settings.mail)

    def _flushed(self, mails: EmailChannel | None) -> Iterator[Handed]:
        for flushed in mails.flush() if mails is not None else ():
            waiting = flushed.waiting
            delivery = DeliverySettings(name=waiting.name, report=waiting.report, channel="email")
            yield Handed(delivery=delivery, receipt=flushed.receipt, run_id=waiting.run_id, name=waiting.name)

    def _items(
        self, reader: Reader, run: Run, delivery: DeliverySettings, notices: tuple[str, ...]
    ) -> Iterator[_Item]:
        definition = self._papers.definition(delivery.report)
        whom: tuple[Addressee | None, ...] = (None,)
        if definition.scope == "company":
            whom = addressees(delivery, reader, root=self._settings.root)
        for one in whom:
            item = _Item(
                delivery=delivery,
                definition=definition,
                run=run,
                to=delivery.to if one is None else one.to,
                # That a run came late is our affair.
                notices=() if definition.for_customer else notices,
                company_id=None if one is None else one.company_id,
                company="" if one is None else one.name,
            )
            yield from [item] if delivery.per == "report" else _by_topic(reader, item)

    def _handed_over(
        self, reader: Reader, item: _Item, channel: Channel | None, *, preview: Path | None
    ) -> Receipt:
        run_id = item.run.run_id
        if preview is None and was_handed_over(reader, run_id=run_id, name=item.name):
            return Receipt(status=ReceiptStatus.SKIPPED, detail="This run was delivered before.")
        extras = self._papers.extras(item.notices, company_name=item.company, reference=item.reference)
        try:
            body = self._papers.mail(
                reader, run_id, item.definition, extras=extras, company_id=item.company_id
            )
            skip = self._not_due(reader, item, body)
            if skip is not None and preview is None:
                return Receipt(status=ReceiptStatus.SKIPPED, detail=skip)
            made = self._papers.files(
                reader,
                run_id,
                item.definition,
                faces=item.delivery.attach,
                extras=extras,
                company_id=item.company_id,
            )
            if made.unmade:
                # A mail without its paper is better than none, and says so.
                told = replace(extras, notices=(*extras.notices, *_missing(item, made)))
                body = self._papers.mail(
                    reader, run_id, item.definition, extras=told, company_id=item.company_id
                )
        except ReportError as error:
            return Receipt(status=ReceiptStatus.FAILED, detail=str(error))
        parcel = _parcel(item, body, made.files)
        return _previewed(parcel, preview) if channel is None or preview else channel.deliver(parcel)

    def _not_due(self, reader: Reader, item: _Item, body: MailBody) -> str | None:
        totals = _totals(item.run, body)
        if item.topic:
            # The mail of one rule is no place to say what was not read: every ticket would hear of it.
            totals = replace(totals, is_incomplete=False)
        skip = is_due(item.delivery.when or item.definition.when, totals)
        days = item.delivery.repeat_after_days
        if skip is None or days is None:
            return skip
        last = last_sent_as_of(reader, run_id=item.run.run_id, name=item.name)
        # An hour's grace: a weekly run is never seven days to the second.
        is_long_ago = last is None or item.run.as_of - last >= timedelta(days=days, hours=-1)
        return None if is_long_ago else skip


def _by_topic(reader: Reader, item: _Item) -> Iterator[_Item]:
    found = topics(
        reader,
        item.definition,
        per=item.delivery.per,
        run_id=item.run.run_id,
        company_id=item.company_id,
    )
    for topic in found:
        yield replace(item, topic=topic.name, definition=about(item.definition, topic))


def _missing(item: _Item, made: Made) -> tuple[str, ...]:
    if item.definition.for_customer:
        return ("The PDF of this report could not be made this time.",)
    return tuple(f"A file is missing from this mail. {told}" for told in made.unmade)


def _parcel(item: _Item, body: MailBody, files: tuple[Path, ...]) -> Parcel:
    return Parcel(
        name=item.name,
        report=item.definition.name,
        run_id=item.run.run_id,
        as_of=item.run.as_of,
        sender=item.delivery.sender,
        to=item.to,
        subject=body.subject,
        html=body.html,
        text=body.text,
        images=body.images,
        attachments=files,
        company=item.company or None if item.company_id is not None else None,
    )


def _previewed(parcel: Parcel, folder: Path | None) -> Receipt:
    if folder is None:
        return Receipt(status=ReceiptStatus.SKIPPED, detail="Dry run: built, not handed over.")
    path = folder / file_name(parcel)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(message_bytes(parcel))
    except (DeliveryError, OSError) as error:
        return Receipt(status=ReceiptStatus.FAILED, detail=str(error))
    told = "Dry run: written, not handed over."
    return Receipt(status=ReceiptStatus.SKIPPED, detail=told, location=str(path))


def _run(reader: ReportReader) -> Run:
    run_id = latest_run_id(reader)
    if run_id is None:
        raise StoreError("There is no run to report on yet. 'msp-audit run' makes one.")
    return read_run(reader, run_id)


def _totals(run: Run, body: MailBody) -> Totals:
    doubted = (Verdict.PARTIAL, Verdict.REFUSED, Verdict.SHRUNK, Verdict.STALE)
    return Totals(
        open=body.open_count,
        new=body.new_count,
        reopened=body.reopened_count,
        resolved=body.resolved_count,
        is_incomplete=bool(run.failed) or any(reading.verdict in doubted for reading in run.readings),
    )
