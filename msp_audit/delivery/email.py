"""Sends mails: made to fit before they leave, tried again when refused for now, spooled when that fails."""

from __future__ import annotations

import html
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.utils import getaddresses
from pathlib import Path
from typing import ClassVar, Self, TypeVar

from msp_audit.delivery.base import Channel, Parcel, Receipt, ReceiptStatus
from msp_audit.delivery.graph import GraphTransport
from msp_audit.delivery.message import build_message
from msp_audit.delivery.smtp import SmtpTransport
from msp_audit.delivery.spool import Spool, Waiting
from msp_audit.delivery.transport import NeverTaken, Refusal, Transport, TryLater
from msp_audit.errors import DeliveryError, SettingsError
from msp_audit.settings import DeliverySettings, MailSettings

_T = TypeVar("_T")
#: What a server adds on the way (Received and the like) must find room too.
_HEADROOM = 8_192


@dataclass(frozen=True, slots=True, kw_only=True)
class Flushed:
    """What became of one mail that had waited in the spool."""

    waiting: Waiting
    receipt: Receipt


class EmailChannel(Channel):
    """One mail for each parcel, through the transport of the settings."""

    name: ClassVar[str] = "email"

    def __init__(
        self,
        mail: MailSettings,
        *,
        root: Path,
        transport: Transport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._mail = mail
        self._transport = transport or transport_of(mail)
        self._spool = Spool(root / mail.spool)
        self._sleep = sleep
        self._now = now or (lambda: datetime.now(UTC).replace(tzinfo=None))

    @classmethod
    def from_settings(
        cls, settings: DeliverySettings, *, root: Path, mail: MailSettings | None = None
    ) -> Self:
        """The channel of the table ``[mail]``.

        Raises:
            SettingsError: there is no such table.
        """
        if mail is None:
            raise SettingsError(f"The delivery '{settings.name}' goes by email; add [mail] to the settings.")
        return cls(mail, root=root)

    def deliver(self, parcel: Parcel) -> Receipt:
        """Send *parcel*; what cannot leave now waits in the spool."""
        recipients = addresses(parcel.to)
        if not recipients:
            return Receipt(status=ReceiptStatus.FAILED, detail="There is no recipient in the settings.")
        sender = addresses([parcel.sender])
        try:
            message, left_out = self._fitting(parcel)
            try:
                refused = self._tried(message, sender=sender[0], recipients=recipients)
            except TryLater as error:
                return self._spooled(message, parcel, recipients, str(error))
        except DeliveryError as error:
            return Receipt(status=ReceiptStatus.FAILED, detail=str(error))
        return self._sent(message, parcel, recipients, refused, left_out)

    def flush(self) -> Iterator[Flushed]:
        """Try again what waits; give up what has waited too long."""
        for waiting in self._spool.waiting():
            receipt = self._retried(waiting)
            if receipt.status is not ReceiptStatus.SPOOLED:
                waiting.done()
            yield Flushed(waiting=waiting, receipt=receipt)

    def close(self) -> None:
        """Let go of the connection."""
        self._transport.close()

    def _retried(self, waiting: Waiting) -> Receipt:
        try:
            message = waiting.message()
            refused = self._tried(message, sender=waiting.sender, recipients=waiting.recipients)
        except (TryLater, OSError) as error:
            if self._is_overdue(waiting):
                return Receipt(
                    status=ReceiptStatus.FAILED,
                    detail=f"Given up after {self._mail.spool_days} days in the spool. {error}",
                )
            return Receipt(status=ReceiptStatus.SPOOLED, detail=str(error), location=str(waiting.path))
        except DeliveryError as error:
            return Receipt(status=ReceiptStatus.FAILED, detail=str(error))
        told = ["Sent from the spool."]
        if refused:
            told.append(f"Not taken for: {_told(refused)}.")
        later = [refusal.address for refusal in refused if refusal.is_temporary]
        if later and not self._is_overdue(waiting):
            told.append(self._kept(waiting, message, later, _told(refused)))
        return Receipt(
            status=ReceiptStatus.SENT,
            detail=" ".join(told),
            location=self._place(_without(waiting.recipients, refused)),
        )

    def _is_overdue(self, waiting: Waiting) -> bool:
        return self._now() - waiting.queued_at > timedelta(days=self._mail.spool_days)

    def _kept(self, waiting: Waiting, message: EmailMessage, recipients: Sequence[str], reason: str) -> str:
        """Keep *message* for those of its *recipients* who were refused for now; what to tell of it."""
        try:
            self._spool.add(
                message,
                name=waiting.name,
                report=waiting.report,
                run_id=waiting.run_id,
                sender=waiting.sender,
                recipients=recipients,
                queued_at=waiting.queued_at,
                reason=reason,
            )
        except OSError as error:
            return f"Those refused for now could not be spooled again ({error})."
        return "Those refused for now wait in the spool."

    def _fitting(self, parcel: Parcel) -> tuple[EmailMessage, list[str]]:
        try:
            server = self._patiently(self._transport.largest)
        except TryLater:
            # What the server takes cannot be known now; the settings' own limit holds.
            server = None
        return fit(parcel, largest=self._limit(server))

    def _limit(self, server: int | None) -> int:
        configured = int(self._mail.max_megabytes * 1_000_000)
        return min(configured, server or configured) - _HEADROOM

    def _tried(self, message: EmailMessage, *, sender: str, recipients: Sequence[str]) -> tuple[Refusal, ...]:
        return self._patiently(lambda: self._transport.send(message, sender=sender, recipients=recipients))

    def _patiently(self, act: Callable[[], _T]) -> _T:
        for attempt in range(1, self._mail.tries + 1):
            try:
                return act()
            except TryLater:
                if attempt == self._mail.tries:
                    raise
                self._sleep(self._mail.retry_seconds * 2 ** (attempt - 1))
        raise AssertionError  # pragma: no cover  (tries >= 1)

    def _sent(
        self,
        message: EmailMessage,
        parcel: Parcel,
        recipients: Sequence[str],
        refused: Sequence[Refusal],
        left_out: Sequence[str],
    ) -> Receipt:
        later = [refusal.address for refusal in refused if refusal.is_temporary]
        told = []
        if left_out:
            told.append(f"Too large, so left out: {', '.join(left_out)}.")
        if refused:
            told.append(f"Not taken for: {_told(refused)}.")
        if later:
            self._spooled(message, parcel, later, _told(refused))
            told.append("Those refused for now wait in the spool.")
        return Receipt(
            status=ReceiptStatus.SENT,
            detail=" ".join(told) or "Sent.",
            location=self._place(_without(recipients, refused)),
        )

    def _spooled(
        self, message: EmailMessage, parcel: Parcel, recipients: Sequence[str], reason: str
    ) -> Receipt:
        try:
            path = self._spool.add(
                message,
                name=parcel.name,
                report=parcel.report,
                run_id=parcel.run_id,
                sender=addresses([parcel.sender])[0],
                recipients=recipients,
                queued_at=self._now(),
                reason=reason,
            )
        except OSError as error:
            return Receipt(
                status=ReceiptStatus.FAILED, detail=f"{reason} It could not be spooled either ({error})."
            )
        return Receipt(
            status=ReceiptStatus.SPOOLED, detail=f"{reason} The next run tries again.", location=str(path)
        )

    def _place(self, recipients: Sequence[str]) -> str:
        return f"{', '.join(recipients)} through {self._transport.place}"


def fit(parcel: Parcel, *, largest: int) -> tuple[EmailMessage, list[str]]:
    """The mail of *parcel* in at most *largest* bytes, and the names of what had to stay out.

    Attachments go first, the largest of them before the others; then pictures. The mail says so.

    Raises:
        NeverTaken: even the bare words are too large.
        DeliveryError: the mail cannot be built.
    """
    left_out: list[Path] = []
    kept = parcel
    while True:
        message = build_message(_with_notice(kept, left_out))
        if len(message.as_bytes(policy=policy.SMTP)) <= largest:
            return message, [path.name for path in left_out]
        if kept.attachments:
            goes = max(kept.attachments, key=lambda path: (path.stat().st_size, path.name))
            left_out.append(goes)
            kept = replace(kept, attachments=tuple(path for path in kept.attachments if path != goes))
        elif kept.images:
            kept = replace(kept, images=())
        else:
            raise NeverTaken(f"Even without attachments the mail is larger than {largest:,} bytes.")


def addresses(texts: Sequence[str]) -> list[str]:
    """The bare addresses of *texts*, each once."""
    return list(dict.fromkeys(address for _, address in getaddresses(list(texts)) if address))


def _without(recipients: Sequence[str], refused: Sequence[Refusal]) -> list[str]:
    gone = {refusal.address for refusal in refused}
    return [name for name in recipients if name not in gone]


def _with_notice(parcel: Parcel, left_out: Sequence[Path]) -> Parcel:
    if not left_out:
        return parcel
    names = ", ".join(f"{path.name} ({path.stat().st_size / 1e6:.1f} MB)" for path in left_out)
    one = len(left_out) == 1
    told = (
        f"{names} {'was' if one else 'were'} too large to attach and {'lies' if one else 'lie'} "
        f"where the report was made, in the folder {left_out[0].parent.name}."
    )
    cell = f'<p style="font:14px/20px Arial,sans-serif;color:#a3480f;margin:16px">{html.escape(told)}</p>'
    body, end = "<body", parcel.html.find(">", parcel.html.find("<body"))
    if body in parcel.html and end > 0:
        text = parcel.html[: end + 1] + cell + parcel.html[end + 1 :]
    else:
        text = cell + parcel.html
    return replace(parcel, html=text, text=f"{told}\n\n{parcel.text}")


def _told(refused: Sequence[Refusal]) -> str:
    return "; ".join(f"{refusal.address} ({refusal.reason})" for refusal in refused)


def transport_of(mail: MailSettings) -> Transport:
    """The way for mail that the settings hold; nothing is opened yet."""
    if mail.smtp is not None:
        return SmtpTransport(mail.smtp)
    assert mail.graph is not None  # noqa: S101  (the settings hold exactly one)
    return GraphTransport(mail.graph)
