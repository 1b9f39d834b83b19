"""``doctor``: every fault with what to do about it, and nothing changed by looking."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from msp_audit.connectors.base import Check
from msp_audit.connectors.clock import check_clock
from msp_audit.sandbox import Sandbox, samples_folder
from msp_audit.workspace import Workspace
from msp_audit.workspace.doctor import check_disk
from tests.workspace.estate import WEEKS, workspace_on

NOW = datetime(2026, 11, 16, 6, tzinfo=UTC)


def checks(workspace: Workspace) -> dict[str, Check]:
    return {check.name: check for _, check in workspace.doctor()}


def test_a_healthy_workspace_is_told_list_by_list_and_left_as_it_was(tmp_path: Path) -> None:
    with Sandbox(samples_folder() / WEEKS[0]) as sandbox:
        workspace = workspace_on(tmp_path, sandbox, WEEKS[0])
        before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
        found = checks(workspace)
        assert {visit.method for visit in sandbox.visits if visit.source != "automate"} == {"GET"}
    assert {name: check.detail for name, check in found.items() if not check.is_ok} == {}
    assert found["psa configurations"].detail.endswith("records")
    assert "agrees" in found["psa clock"].detail
    assert "agrees" in found["auvik clock"].detail
    assert {"psa sign-in", "auvik key", "auvik devices", "rule files", "PDF libraries", "disk"} <= set(found)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


@pytest.mark.parametrize(
    ("fault", "options", "name", "detail"),
    [
        ("psa_11_wrong_key", {}, "psa sign-in", "401"),
        ("psa_15_forbidden", {"path": "*/service/boards"}, "psa boards", "403"),
        ("psa_16_level_my", {}, "psa configurations", "level My"),
        ("auvik_unauthorized", {}, "auvik key", "401"),
        ("auvik_other_region", {}, "auvik key", "region eu1"),
    ],
)
def test_each_failure_says_what_to_do(
    tmp_path: Path, fault: str, options: dict[str, str], name: str, detail: str
) -> None:
    with Sandbox(samples_folder() / WEEKS[0]) as sandbox:
        sandbox.faults.add(fault, **options)  # type: ignore[arg-type]
        check = checks(workspace_on(tmp_path, sandbox, WEEKS[0]))[name]
    assert not check.is_ok
    assert detail in check.detail
    assert check.fix


def test_a_missing_secret_is_a_failed_check(tmp_path: Path) -> None:
    with Sandbox(samples_folder() / WEEKS[0]) as sandbox:
        workspace = workspace_on(tmp_path, sandbox, WEEKS[0])
        for path in (tmp_path / "secrets").iterdir():
            path.unlink()
        failed = {name: check for name, check in checks(workspace).items() if not check.is_ok}
    assert {name.split()[0] for name in failed} >= {"psa", "auvik"}
    assert all(check.fix for check in failed.values())


@pytest.mark.parametrize(("seconds", "is_ok"), [(-121, False), (-119, True), (119, True), (121, False)])
def test_a_wrong_clock_is_told(seconds: int, is_ok: bool) -> None:
    headers = {"Date": format_datetime(NOW - timedelta(seconds=seconds), usegmt=True)}
    check = check_clock(headers, source="psa", now=NOW)
    assert check.is_ok is is_ok
    assert is_ok or ("NTP" in check.fix and f"{abs(seconds)} s" in check.detail)


def test_a_full_disk_is_told_before_a_run_finds_out(tmp_path: Path) -> None:
    published = tmp_path / "msp-audit.duckdb"
    assert check_disk(tmp_path, published=published, free=1_000_000_000).is_ok
    check = check_disk(tmp_path, published=published, free=999_999_999)
    assert (check.is_ok, "Make room" in check.fix) == (False, True)


def test_a_mail_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        with Sandbox(samples_folder() / WEEKS[0]) as sandbox:
            smtp = {"host": "127.0.0.1", "port": port, "security": "none"}
            mail = {"sender": "audit@northwind.example", "smtp": smtp}
            workspace = workspace_on(tmp_path, sandbox, WEEKS[0], mail=mail)
            check = checks(workspace)["mail login"]
    assert not check.is_ok
    assert "127.0.0.1 could not be reached" in check.detail
    assert "host, port and security" in check.fix
