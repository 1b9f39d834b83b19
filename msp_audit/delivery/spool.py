"""Mails that could not leave yet: kept whole, sent by the next run, given up after some days."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import orjson


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One mail in the spool."""

    path: Path
    #: Name of the delivery, for the receipt.
    name: str
    report: str
    run_id: int
    sender: str
    recipients: tuple[str, ...]
    #: When it was first tried, UTC.
    queued_at: datetime
    #: Why it waits.
    reason: str

    def message(self) -> EmailMessage:
        """The mail as it was to be sent."""
        content = self.path.with_suffix(".eml").read_bytes()
        parsed = BytesParser(EmailMessage, policy=policy.SMTP).parsebytes(content)
        assert isinstance(parsed, EmailMessage)  # noqa: S101  (its class was given)
        return parsed

    def done(self) -> None:
        """Take it out: it was sent, or given up."""
        # The envelope first: a mail without one is litter, an envelope without its mail would be an error.
        self.path.unlink(missing_ok=True)
        self.path.with_suffix(".eml").unlink(missing_ok=True)


class Spool:
    """A folder with an ``.eml`` and an envelope ``.json`` for each mail."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(
        self,
        message: EmailMessage,
        *,
        name: str,
        report: str,
        run_id: int,
        sender: str,
        recipients: Sequence[str],
        queued_at: datetime,
        reason: str,
    ) -> Path:
        """Keep *message*; the same one for the same people is kept once.

        Raises:
            OSError: it cannot be written; nothing of it is left.
        """
        content = message.as_bytes(policy=policy.SMTP)
        digest = hashlib.sha256("\0".join((str(message["Message-ID"]), *recipients)).encode()).hexdigest()[
            :24
        ]
        path = self._folder / f"{digest}.json"
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _put(path.with_suffix(".eml"), content)
            envelope = {
                "name": name,
                "report": report,
                "run_id": run_id,
                "sender": sender,
                "recipients": list(recipients),
                "queued_at": queued_at,
                "reason": reason,
            }
            try:
                _put(path, orjson.dumps(envelope, option=orjson.OPT_INDENT_2))
            except BaseException:
                # Without its envelope nobody would ever send it or throw it away.
                with contextlib.suppress(OSError):
                    path.with_suffix(".eml").unlink(missing_ok=True)
                raise
        return path

    def waiting(self) -> Iterator[Waiting]:
        """Every mail that waits, oldest first; an unreadable envelope is passed over."""
        found = []
        for path in sorted(self._folder.glob("*.json")) if self._folder.is_dir() else []:
            try:
                told = orjson.loads(path.read_bytes())
                told["queued_at"] = datetime.fromisoformat(told["queued_at"])
                told["recipients"] = tuple(told["recipients"])
                item = Waiting(path=path, **told)
            except (OSError, ValueError, TypeError, KeyError):
                continue
            if path.with_suffix(".eml").is_file():
                found.append(item)
        yield from sorted(found, key=lambda item: (item.queued_at, item.path.name))


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _put(path: Path, content: bytes) -> None:
    """Write *path*, whole or not at all."""
    unfinished = path.with_name(f".{path.name}.part")
    try:
        with open(unfinished, "wb", opener=_private) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise
