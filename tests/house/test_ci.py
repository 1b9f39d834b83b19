"""On a build server a skipped test is a failure; elsewhere it stays a skip."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.checkout import ROOT

TESTS = """
import pytest

@pytest.mark.skip(reason="no part")
def test_marked(): ...

def test_while_running():
    pytest.skip("no part")

@pytest.mark.specs
def test_of_specs():
    pytest.skip("no specs")

def test_with_the_fixture(specs): ...

@pytest.mark.xfail
def test_known_fault():
    assert 0

def test_sound(): ...
"""
MODULE = "import pytest\npytest.importorskip('no_such_library')\ndef test_never(): ...\n"


def run(folder: Path, *, ci: str) -> str:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "MSP_"))
    }
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "--continue-on-collection-errors",
            ".",
        ],
        cwd=folder,
        env=environment | {"CI": ci},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_planted.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "test_module.py").write_text(MODULE, encoding="utf-8")
    return tmp_path


def test_a_skip_fails_on_ci_unless_it_is_the_specs(folder: Path) -> None:
    said = run(folder, ci="true")
    assert "1 failed, 1 passed, 2 skipped, 1 xfailed, 2 errors" in said, said
    assert "skipped, but CI is set" in said


def test_a_skip_is_a_skip_elsewhere(folder: Path) -> None:
    said = run(folder, ci="")
    assert "1 passed, 5 skipped, 1 xfailed" in said, said


@pytest.mark.parametrize("name", [".ci/run", "scripts/environment", "scripts/system-packages"])
def test_a_script_parses_and_may_be_run(name: str) -> None:
    assert os.access(ROOT / name, os.X_OK)
    assert subprocess.run(["bash", "-n", ROOT / name], check=False).returncode == 0


def test_an_unknown_set_of_system_packages_is_refused() -> None:
    command = [str(ROOT / "scripts" / "system-packages"), "everything"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 2
