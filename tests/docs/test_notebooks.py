"""The notebooks read well where they are browsed, and the comparison that CI makes of them is strict."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from msp_audit.workspace import Workspace
from tests.docs.pages import name
from tests.house.checkout import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
#: What differs from one machine or day to the next.
FLEETING = re.compile(r"/(tmp|home|root)/|0x[0-9a-f]{6,}|\b\d+(\.\d+)? ?(ms|µs)\b|127\.0\.0\.1:\d")


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]


def compare(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """The comparison that ``make notebooks`` makes, of the notebooks in *folder*."""
    line = re.search(r"pytest (--nbval.*) notebooks$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert line is not None
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *shlex.split(line[1]), *more, "."]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)


def write(path: Path, *, shown: str) -> None:
    cell = nbformat.v4.new_code_cell("print(6 * 7)", execution_count=1)  # type: ignore[no-untyped-call]
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=shown)]  # type: ignore[no-untyped-call]
    notebook = nbformat.v4.new_notebook(cells=[cell])  # type: ignore[no-untyped-call]
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@each_notebook
def test_it_opens_with_a_question_and_ends_with_what_to_do(path: Path) -> None:
    texts = [cell.source for cell in read(path).cells if cell.cell_type == "markdown"]
    assert texts[0].startswith("# ")
    assert "?" in texts[0].splitlines()[0]
    assert any(text.startswith("## What to do") for text in texts)


@each_notebook
def test_it_was_run_from_top_to_bottom(path: Path) -> None:
    counts = [cell.execution_count for cell in read(path).cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))


@each_notebook
def test_nothing_fleeting_and_nothing_bad_is_shown(path: Path) -> None:
    for cell in read(path).cells:
        for output in cell.get("outputs", ()):
            assert output.output_type != "error"
            assert output.get("name") != "stderr", output.get("text")
            found = FLEETING.search(str(output.get("text", "")) + str(output.get("data", "")))
            assert found is None, found


@each_notebook
def test_it_defines_nothing_that_belongs_into_the_library(path: Path) -> None:
    sources = [cell.source for cell in read(path).cells if cell.cell_type == "code"]
    assert not [source for source in sources if re.search(r"^\s*(def|class) ", source, re.MULTILINE)]


def test_the_comparison_goes_red_where_a_number_changed_and_nowhere_else(tmp_path: Path) -> None:
    write(tmp_path / "right.ipynb", shown="42\n")
    write(tmp_path / "wrong.ipynb", shown="43\n")
    done = compare(tmp_path, "-rA")
    assert done.returncode == 1
    assert "PASSED right.ipynb::Cell 0" in done.stdout
    assert "FAILED wrong.ipynb::Cell 0" in done.stdout


@pytest.mark.slow
def test_a_notebook_goes_red_when_a_rule_finds_something_else(demo: Path, tmp_path: Path) -> None:
    # In a workspace it asks that workspace: green over the samples, red as soon as one rule is another.
    folder = shutil.copytree(demo, tmp_path / "demo")
    for other in folder.glob("notebooks/*"):
        if other.name != "02_not_billed.ipynb":
            other.unlink()
    assert compare(folder / "notebooks").returncode == 0
    rule = Workspace.open(folder).catalogue.rule("coverage.computer_without_configuration")
    path = folder / "rules" / "coverage" / "computer_without_configuration.sql"
    path.parent.mkdir()
    path.write_text(f"{rule.path.read_text('utf-8')} limit 1", encoding="utf-8")
    Workspace.open(folder).audit()
    assert compare(folder / "notebooks").returncode == 1
