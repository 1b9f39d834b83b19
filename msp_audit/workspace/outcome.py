"""What one run came to: for the caller's exit code and for the operator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from msp_audit.delivery import ReceiptStatus
from msp_audit.domain import Run, Severity, Verdict
from msp_audit.errors import ExitCode
from msp_audit.store import Snapshot
from msp_audit.workspace.receipts import Handed


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Everything one ``run`` did."""

    snapshots: tuple[Snapshot, ...]
    run: Run
    reports: tuple[Path, ...]
    handed: tuple[Handed, ...]
    #: Files of reports that could not be made: a sentence each.
    unmade: tuple[str, ...] = ()


def troubles_of(outcome: Outcome) -> list[str]:
    """What the operator must hear of a run that ended, a line each."""
    told = [
        f"{r.source} '{r.resource}': {r.verdict.value}. {r.reason}"
        for r in outcome.run.readings
        if is_incomplete(r.verdict)
    ]
    told += [f"The rule {rule} failed." for rule in outcome.run.failed]
    told += outcome.unmade
    told += [
        f"{item.name}: {item.receipt.detail}"
        for item in outcome.handed
        if item.receipt.status in (ReceiptStatus.FAILED, ReceiptStatus.SPOOLED)
    ]
    return told


def exit_code(
    run: Run | None,
    *,
    handed: Sequence[Handed] = (),
    unmade: Sequence[str] = (),
    fail_on: Severity | None = None,
) -> ExitCode:
    """The answer to the caller: what must be mended first wins."""
    if run is not None:
        if run.failed:
            return ExitCode.BROKEN
        if any(is_incomplete(reading.verdict) for reading in run.readings):
            return ExitCode.SOURCE
    if any(item.receipt.status in (ReceiptStatus.FAILED, ReceiptStatus.SPOOLED) for item in handed):
        return ExitCode.NOT_DELIVERED
    if unmade:
        return ExitCode.BROKEN
    if run is not None and fail_on is not None and any(s.at_least(fail_on) for s in run.open_findings):
        return ExitCode.FINDINGS
    return ExitCode.CLEAN


def is_incomplete(verdict: Verdict) -> bool:
    """Whether a source should have given more. ``absent`` is a way's known limit, not a failure."""
    return verdict not in (Verdict.COMPLETE, Verdict.ABSENT)
