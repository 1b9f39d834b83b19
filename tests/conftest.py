"""What all tests share: on a build server nothing may be skipped quietly."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.estates import demo, first_week
from tests.mariadb import mariadb

__all__ = ["demo", "first_week", "mariadb"]

#: Folder of the vendors' API descriptions; they are not ours to ship.
SPECS = "MSP_AUDIT_SPECS"


@pytest.fixture(scope="session")
def specs() -> Path:
    """Folder of the vendors' API descriptions; a test that wants it is skipped where there is none."""
    folder = os.environ.get(SPECS, "")
    if not folder:
        pytest.skip(f"{SPECS} names no folder")
    return Path(folder)


def _is_on_ci() -> bool:
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def _wants_specs(item: pytest.Item) -> bool:
    return item.get_closest_marker("specs") is not None or "specs" in getattr(item, "fixturenames", ())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where a missing part is the builder's fault."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and _is_on_ci() and not _wants_specs(item):
        _refuse(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole module that skips itself."""
    report = yield
    if report.skipped and _is_on_ci():
        _refuse(report)
    return report


def _refuse(report: pytest.TestReport | pytest.CollectReport) -> None:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
    report.outcome = "failed"
    report.longrepr = f"{report.nodeid}: skipped, but CI is set and a skip proves nothing. {reason}"
