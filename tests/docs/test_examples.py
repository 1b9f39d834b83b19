"""Queries and scripts of the guides do what the text beside them says."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from msp_audit.workspace import Workspace
from tests.docs.pages import DOCS, blocks, name
from tests.house.checkout import ROOT

EXERCISES = re.findall(
    r"^## (\d\.[^\n]*).*?```sql\n(.*?)```\n\nFirst row: `([^`]*)`",
    (DOCS / "exercises.md").read_text(encoding="utf-8"),
    re.DOTALL | re.MULTILINE,
)
SCRIPTS = [block for block in blocks(DOCS / "getting-started" / "analyst.md") if block.info == "python"]


def test_there_are_five_exercises() -> None:
    assert len(EXERCISES) == 5


@pytest.mark.slow
@pytest.mark.parametrize(("question", "answer", "first"), EXERCISES, ids=[each[0] for each in EXERCISES])
def test_an_exercise_has_that_answer(question: str, answer: str, first: str, demo: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "msp_audit", "-w", str(demo), "sql", answer, "--format", "csv"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1] == first, question


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(SCRIPTS)))
def test_a_script_of_the_analyst_runs(number: int, demo: Path, tmp_path: Path) -> None:
    shutil.copytree(demo, tmp_path / "demo")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPTS[number].text],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{name(SCRIPTS[number].page)}: {done.stderr}"


@pytest.mark.slow
def test_the_rule_of_the_guide_finds_something(demo: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(demo, tmp_path / "demo")
    text = (DOCS / "writing-rules.md").read_text(encoding="utf-8")
    rule = re.search(r"<<'SQL'\n(.*?)^SQL$", text, re.DOTALL | re.MULTILINE)
    assert rule is not None
    path = folder / "rules" / "warranty" / "server_ends.sql"
    path.parent.mkdir(parents=True)
    path.write_text(rule[1], encoding="utf-8")
    workspace = Workspace.open(folder)
    workspace.audit()
    found = [finding for finding in workspace.findings() if finding.rule == "warranty.server_ends"]
    assert found
    assert all(finding.reason.startswith("The warranty of the server ") for finding in found)
