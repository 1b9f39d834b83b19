"""When a delivery is due."""

from __future__ import annotations

import pytest

from msp_audit.delivery import Totals, When, is_due

QUIET = Totals()
STANDING = Totals(open=3)


@pytest.mark.parametrize("totals", [QUIET, STANDING, Totals(resolved=1)])
def test_always_is_always_due(totals: Totals) -> None:
    assert is_due("always", totals) is None


@pytest.mark.parametrize("totals", [STANDING, Totals(open=1, new=1)])
def test_on_findings_is_due_while_any_is_open(totals: Totals) -> None:
    assert is_due("on-findings", totals) is None


@pytest.mark.parametrize("totals", [QUIET, Totals(resolved=2)])
def test_on_findings_says_that_none_is_open(totals: Totals) -> None:
    assert "no open finding" in str(is_due("on-findings", totals))


@pytest.mark.parametrize("totals", [Totals(open=1, new=1), Totals(open=1, reopened=1), Totals(resolved=1)])
def test_on_change_is_due_when_something_came_or_went(totals: Totals) -> None:
    assert is_due("on-change", totals) is None


@pytest.mark.parametrize("totals", [QUIET, STANDING])
def test_on_change_says_that_nothing_changed(totals: Totals) -> None:
    assert "Nothing has changed" in str(is_due("on-change", totals))


@pytest.mark.parametrize("when", ["always", "on-change", "on-findings"])
def test_silence_is_never_kept_over_what_was_not_checked(when: When) -> None:
    assert is_due(when, Totals(is_incomplete=True)) is None
