"""What is told while something takes long: bars where somebody watches, few lines where nobody does."""

from __future__ import annotations

import io
import logging
import sys
import time

import pytest

from msp_audit.cli.talk import judging_progress, reading_progress, set_up_logging
from msp_audit.domain import RuleOutcome, RuleRun


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def watched(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Standard error is a terminal from here on; called in the test, behind pytest's own swap of it."""
    made = Terminal()
    monkeypatch.setattr(sys, "stderr", made)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    return made


def ran(outcome: RuleOutcome = RuleOutcome.EVALUATED, reason: str = "") -> RuleRun:
    return RuleRun(rule="sync.client_unsynced", outcome=outcome, findings=3, reason=reason)


def test_on_a_terminal_each_source_has_a_bar_with_its_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = watched(monkeypatch)
    with reading_progress() as told:
        told("psa", "companies", 10, 4000)
        told("auvik", "devices", 7, None)
        told("psa", "companies", 1234, 4000)
    shown = terminal.getvalue()
    assert "reading psa.companies" in shown
    assert "reading auvik.devices" in shown
    assert "1,234 rows" in shown


def test_on_a_terminal_the_rule_being_judged_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = watched(monkeypatch)
    with judging_progress() as told:
        told(ran(), 5, 122)
    assert "judging sync.client_unsynced" in terminal.getvalue()
    assert "5/122" in terminal.getvalue()


def test_where_nobody_watches_a_list_is_told_twice_a_minute(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    caplog.set_level(logging.INFO, logger="msp_audit")
    with reading_progress() as told:
        for rows in range(1, 101):
            told("psa", "companies", rows, None if rows < 60 else 100)
            clock[0] += 1
    assert [line for line in caplog.messages if "psa.companies" in line] == [
        "psa.companies: 31 rows so far of an unknown number",
        "psa.companies: 61 rows so far of 100",
        "psa.companies: 91 rows so far of 100",
    ]


def test_where_nobody_watches_a_rule_that_was_not_evaluated_is_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, logger="msp_audit")
    with judging_progress() as told:
        told(ran(), 1, 2)
        told(ran(RuleOutcome.NOT_EVALUATED, "psa.companies was refused."), 2, 2)
    assert [(record.levelname, record.getMessage().endswith("refused.")) for record in caplog.records] == [
        ("INFO", False),
        ("WARNING", True),
    ]


@pytest.mark.parametrize(("verbose", "level"), [(True, logging.DEBUG), (False, logging.ERROR)])
def test_on_a_terminal_only_errors_disturb_the_bars(
    verbose: bool, level: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched(monkeypatch)
    ours, root = logging.getLogger("msp_audit"), logging.getLogger()
    before = ours.level, root.level, list(root.handlers)
    try:
        set_up_logging(verbose=verbose)
        assert ours.level == level
    finally:
        ours.setLevel(before[0])
        root.setLevel(before[1])
        root.handlers[:] = before[2]
