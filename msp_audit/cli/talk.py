"""Talk while something takes long: bars on a terminal, plain log lines for a scheduler; to stderr."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from msp_audit.domain import RuleOutcome, RuleRun

#: Seconds between two log lines about one list, when nobody watches.
_QUIET_SECONDS = 30.0
_log = logging.getLogger("msp_audit")


def set_up_logging(*, verbose: bool) -> None:
    """Log lines to stderr: everything when *verbose*, else what an unattended run should leave behind."""
    unattended = not sys.stderr.isatty()
    level = logging.DEBUG if verbose else logging.INFO if unattended else logging.ERROR
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr, force=True
    )
    logging.getLogger("msp_audit").setLevel(level)


@contextmanager
def reading_progress() -> Iterator[Callable[[str, str, int, int | None], None]]:
    """Progress of a snapshot, one line a list."""
    if not sys.stderr.isatty():
        yield _quiet_reading()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn

    lock = threading.Lock()
    tasks: dict[str, TaskID] = {}
    started: dict[str, float] = {}
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description:<46}"),
        BarColumn(bar_width=16),
        TextColumn("{task.completed:>9,.0f} rows {task.fields[rate]:>7}"),
        console=Console(stderr=True),
        transient=True,
    ) as bars:

        def told(source: str, resource: str, rows: int, expected: int | None) -> None:
            with lock:
                if source not in tasks:
                    tasks[source] = bars.add_task(source, total=None, rate="")
                began = started.setdefault(f"{source}.{resource}", time.monotonic())
                rate = f"{rows / max(time.monotonic() - began, 0.001):,.0f}/s"
                bars.update(
                    tasks[source],
                    description=f"reading {source}.{resource}"[:46],
                    completed=rows,
                    total=expected,
                    rate=rate,
                )

        yield told


def _quiet_reading() -> Callable[[str, str, int, int | None], None]:
    lock = threading.Lock()
    last: dict[str, float] = {}

    def told(source: str, resource: str, rows: int, expected: int | None) -> None:
        with lock:
            now = time.monotonic()
            if now - last.setdefault(f"{source}.{resource}", now) < _QUIET_SECONDS:
                return
            last[f"{source}.{resource}"] = now
        _log.info("%s.%s: %d rows so far of %s", source, resource, rows, expected or "an unknown number")

    return told


@contextmanager
def judging_progress() -> Iterator[Callable[[RuleRun, int, int], None]]:
    """Progress of a run, one step a rule; a log line each when nobody watches."""
    if not sys.stderr.isatty():
        yield _log_rule
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    with Progress(
        TextColumn("judging {task.description:<44}"),
        BarColumn(bar_width=16),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bars:
        task = bars.add_task("", total=None, visible=False)

        def told(rule_run: RuleRun, done: int, total: int) -> None:
            bars.update(task, description=rule_run.rule[:44], completed=done, total=total, visible=True)

        yield told


def _log_rule(rule_run: RuleRun, _done: int, _total: int) -> None:
    level = logging.INFO if rule_run.outcome is RuleOutcome.EVALUATED else logging.WARNING
    _log.log(
        level,
        "%s %s: %d findings, %.2f s. %s",
        rule_run.rule,
        rule_run.outcome.value,
        rule_run.findings,
        rule_run.elapsed_seconds,
        rule_run.reason,
    )
