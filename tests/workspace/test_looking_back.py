"""The commands over the ledger's memory, on the samples."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from msp_audit.workspace import Workspace
from tests.estates import copy_of
from tests.workspace.estate import WEEKS, sandbox_of, workspace_on


@pytest.fixture(scope="module")
def folder(first_week: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that was read and judged in the first two weeks."""
    folder = copy_of(first_week.settings.root, tmp_path_factory.mktemp("looking-back"))
    # As the command line opens it: links are made from the written addresses.
    Workspace.open(folder).report(faces=["html", "json"], out=folder / "then")
    with sandbox_of(WEEKS[1]) as sandbox:
        workspace = workspace_on(folder, sandbox, WEEKS[1])
        workspace.snapshot()
        workspace.audit()
    return folder


def msp_audit(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "msp_audit", "--workspace", str(folder), *words]
    # This checkout's program, wherever the tests are started.
    root = Path(__file__).parents[2]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def test_a_past_run_is_asked_for_its_relations(folder: Path) -> None:
    asked = ("sql", "select count(*) as n from audit.runs", "-f", "json", "--as-of")
    assert json.loads(msp_audit(folder, *asked, "1").stdout) == [{"n": 1}]
    assert json.loads(msp_audit(folder, *asked, WEEKS[1]).stdout) == [{"n": 2}]
    assert msp_audit(folder, *asked, "yesterday").returncode == 5


def test_a_report_of_a_past_run_is_the_one_made_then(folder: Path) -> None:
    made = msp_audit(
        folder, "report", "--run", "1", "--face", "html", "--face", "json", "--out", str(folder / "now")
    )
    assert made.returncode == 0, made.stderr
    for path in map(Path, made.stdout.splitlines()):
        assert path.read_bytes() == (folder / "then" / path.name).read_bytes(), path.name
    unknown = msp_audit(folder, "report", "--run", "9", "--face", "html", "--out", str(folder / "now"))
    assert (unknown.returncode, "There is no run 9" in unknown.stderr) == (5, True)


def test_a_finding_is_shown_whole(folder: Path) -> None:
    found = json.loads(msp_audit(folder, "findings", "-f", "json").stdout)[0]
    shown = msp_audit(folder, "findings", "show", found["finding_id"][:10])
    assert shown.returncode == 0, shown.stderr
    assert found["rule"] in shown.stdout
    assert "select" in shown.stdout


def test_runs_and_readings_are_compared(folder: Path) -> None:
    changed = json.loads(msp_audit(folder, "diff", "1", "2", "-f", "json").stdout)
    assert {row["part"] for row in changed} == {"findings", "inventory"}
    readings = json.loads(msp_audit(folder, "snapshots", "list", "-f", "json").stdout)
    first, last = readings[0]["snapshot_id"], readings[-1]["snapshot_id"]
    assert json.loads(msp_audit(folder, "snapshots", "diff", str(first), str(last), "-f", "json").stdout)


def test_status_exits_non_zero_when_overdue(folder: Path) -> None:
    settings = folder / "msp-audit.toml"
    text = settings.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("as_of")]
    try:
        settings.write_text("as_of = 2026-11-09T06:00:00Z\n" + "\n".join(lines), encoding="utf-8")
        well = msp_audit(folder, "status")
        assert well.returncode == 0, well.stderr
        assert "published" in well.stdout
        settings.write_text("as_of = 2027-03-01T06:00:00Z\n" + "\n".join(lines), encoding="utf-8")
        late = msp_audit(folder, "status")
        assert late.returncode == 3
        assert "Overdue: source psa, last good one 2026-11-09" in late.stderr
    finally:
        settings.write_text(text, encoding="utf-8")


def test_a_reason_is_needed_and_the_entry_is_written(folder: Path) -> None:
    assert msp_audit(folder, "suppress", "--rule", "hygiene").returncode == 2
    done = msp_audit(folder, "suppress", "--rule", "hygiene", "--reason", "Later.", "--author", "A")
    assert done.returncode == 0, done.stderr
    assert 'reason = "Later."' in (folder / "suppressions.toml").read_text(encoding="utf-8")
    far = msp_audit(folder, "suppress", "--rule", "x", "--reason", "r", "--until", "2040-01-01")
    assert far.returncode == 5
    assert "max_days" in far.stderr
