"""The contract of a channel: a parcel in, a receipt out; and when a delivery is due at all."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Self

from msp_audit.settings import DeliverySettings
from msp_audit.settings.delivery import When


class ReceiptStatus(StrEnum):
    """What became of one parcel."""

    SENT = "sent"
    SKIPPED = "skipped"
    #: Not sent yet; the next run tries again.
    SPOOLED = "spooled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One report, ready to be handed over. Two parcels of the same run, name and company are the same."""

    #: Name of the delivery in the settings.
    name: str
    #: Name of the report; mails of one report form one thread.
    report: str
    run_id: int
    #: Time of the run, UTC; becomes the date of the mail.
    as_of: datetime
    subject: str
    html: str
    text: str
    sender: str
    to: tuple[str, ...] = ()
    #: ``(cid, PNG or JPEG)``; the HTML names it as ``src="cid:…"``.
    images: tuple[tuple[str, bytes], ...] = ()
    #: Finished files; read when the parcel is delivered.
    attachments: tuple[Path, ...] = ()
    #: Name of the one company that the report is about; None for the whole estate.
    company: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The proof of a delivery, kept in the store."""

    status: ReceiptStatus
    #: A sentence; why, when nothing was sent.
    detail: str = ""
    #: Where it went: a path, an address, a ticket. Empty when it went nowhere.
    location: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What a run found, as far as it decides whether anyone should hear of it."""

    #: Open findings of the report, those that were not re-checked among them.
    open: int = 0
    new: int = 0
    reopened: int = 0
    resolved: int = 0
    #: A configured source was not read completely. Silence would then be a false all-clear.
    is_incomplete: bool = False


class Channel(ABC):
    """One way of handing over. Nothing is opened before :meth:`deliver`."""

    #: As the settings call it.
    name: ClassVar[str]

    @classmethod
    @abstractmethod
    def from_settings(cls, settings: DeliverySettings, *, root: Path) -> Self:
        """The channel that *settings* describe; relative paths start at *root*."""

    @abstractmethod
    def deliver(self, parcel: Parcel) -> Receipt:
        """Hand over *parcel* once; a second time is ``skipped``. A known failure is in the receipt."""


def is_due(when: When, totals: Totals) -> str | None:
    """None when the delivery is due, otherwise the reason for skipping it."""
    if when == "always" or totals.is_incomplete:
        return None
    if when == "on-findings":
        return None if totals.open else "There is no open finding (when = on-findings)."
    has_changed = totals.new or totals.reopened or totals.resolved
    return None if has_changed else "Nothing has changed since the last run (when = on-change)."
