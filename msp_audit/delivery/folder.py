"""Puts mails as ``.eml`` files into a folder, for people to open or another program to send."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from email import policy
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import ClassVar, Self

from msp_audit.delivery.base import Channel, Parcel, Receipt, ReceiptStatus
from msp_audit.delivery.message import message_bytes, message_id
from msp_audit.errors import DeliveryError
from msp_audit.settings import DeliverySettings


class FolderChannel(Channel):
    """One ``<name>-<run>.eml`` for each parcel; a file that is there already is never touched."""

    name: ClassVar[str] = "folder"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def from_settings(cls, settings: DeliverySettings, *, root: Path) -> Self:
        """The folder of *settings*; made when the first mail is written."""
        return cls(root / settings.folder)

    def deliver(self, parcel: Parcel) -> Receipt:
        """Write the mail whole or not at all. A file with the same Message-ID is the same delivery."""
        path = self._folder / file_name(parcel)
        try:
            if path.exists():
                return _receipt_for_existing(path, parcel)
            _write(path, message_bytes(parcel))
        except DeliveryError as error:
            return Receipt(status=ReceiptStatus.FAILED, detail=str(error))
        except OSError as error:
            cause = error.strerror or str(error)
            return Receipt(status=ReceiptStatus.FAILED, detail=f"{path} could not be written ({cause}).")
        return Receipt(status=ReceiptStatus.SENT, detail="Written as a mail file.", location=str(path))


def file_name(parcel: Parcel) -> str:
    """``<name>-<run>.eml``; with the company in between when the parcel is about one."""
    parts = [_plain(parcel.name) or "delivery"]
    if parcel.company is not None:
        # Two companies may look alike once what no file system likes is gone.
        digest = hashlib.sha256(parcel.company.encode("utf-8", "replace")).hexdigest()[:6]
        parts.append("-".join(filter(None, (_plain(parcel.company), digest))))
    return "-".join((*parts, str(parcel.run_id))) + ".eml"


def _plain(text: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_]+", "-", ascii_only).strip("-")[:60]


def _receipt_for_existing(path: Path, parcel: Parcel) -> Receipt:
    with path.open("rb") as file:
        there = BytesHeaderParser(policy=policy.default).parse(file)["Message-ID"]
    if str(there).strip() == message_id(parcel):
        return Receipt(status=ReceiptStatus.SKIPPED, detail="Already delivered.", location=str(path))
    return Receipt(
        status=ReceiptStatus.FAILED,
        detail=f"{path} is there already and holds another mail. Move it away and deliver again.",
    )


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Always the same name: what a killed run left behind is overwritten by the next.
    unfinished = path.with_name(f".{path.name}.part")
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
