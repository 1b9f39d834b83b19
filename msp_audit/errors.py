"""Every error a user can meet, grouped by what they have to do about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path

#: Longer than any path or name: somebody's data, of which a message shows the beginning.
_FLOOD = re.compile(r"\S{500,}")
_SHOWN = 100


class ExitCode(IntEnum):
    """What the command line answers to its caller; documented in docs/cli.md."""

    CLEAN = 0
    FINDINGS = 1
    USAGE = 2
    SOURCE = 3
    NOT_DELIVERED = 4
    BROKEN = 5


class MspAuditError(Exception):
    """A known cause, told in one or two sentences: what failed, where, and what to do."""

    exit_code = ExitCode.BROKEN

    def __str__(self) -> str:
        return _FLOOD.sub(lambda word: f"{word[0][:_SHOWN]}…", super().__str__())


class SettingsError(MspAuditError):
    """Edit a file: settings, report definition or declared facts."""


class SourceError(MspAuditError):
    """Look at a vendor's system."""

    exit_code = ExitCode.SOURCE


class SourceRefused(SourceError):
    """Permissions or credentials."""


class SourceUnavailable(SourceError):
    """Retried, gave up: try later."""


class SourceChanged(SourceError):
    """The answer no longer has the agreed shape."""


class RuleError(MspAuditError):
    """Edit that .sql file, at that line."""


class StoreError(MspAuditError):
    """The database is locked, older or newer than this program, or out of room."""


class ReportError(MspAuditError):
    """The report could not be made."""


class ReportIncomplete(ReportError):
    """Some files of the reports could not be made; the others are there."""

    def __init__(self, told: Sequence[str], *, made: tuple[Path, ...]) -> None:
        """*told* is a sentence for each missing file, *made* are the files that are there."""
        super().__init__(" ".join(told))
        self.made = made


class DeliveryError(MspAuditError):
    """Nothing was handed over; the receipt says why."""

    exit_code = ExitCode.NOT_DELIVERED
