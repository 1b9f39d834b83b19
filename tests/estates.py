"""Workspaces of the invented MSP that take long to make: made once for a whole test run, then copied."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from msp_audit.workspace import Workspace

ROOT = Path(__file__).parents[1]


def copy_of(made: Path, folder: Path) -> Path:
    """A copy of the workspace *made* in *folder*, which may exist, to be changed at will."""
    return Path(shutil.copytree(made, folder, dirs_exist_ok=True))


def made_once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The folder that *make* filled, in this process or in another of the same test run; never change it."""
    own = tmp_path_factory.getbasetemp()
    # Each of xdist's processes has a folder of its own in that of the run.
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / f"made-{name}"
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made, unfinished = shared / "made", shared / "unfinished"
        if not made.exists():
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            make(unfinished)
            unfinished.rename(made)
    return made


def make_demo(folder: Path) -> None:
    """What ``msp-audit demo`` leaves: three weeks read and judged, and the last one reported."""
    command = [sys.executable, "-m", "msp_audit", "demo", "--folder", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented MSP's workspace, read, judged and reported; copy it before changing it."""
    return copy_of(made_once(tmp_path_factory, "demo", make_demo), tmp_path_factory.mktemp("demo") / "demo")


def make_first_week(folder: Path) -> None:
    """The first sample week, read and judged."""
    # Every test process loads this module; few of them make a workspace.
    from tests.workspace.estate import WEEKS, sandbox_of, workspace_on

    with sandbox_of(WEEKS[0]) as sandbox:
        made = workspace_on(folder, sandbox, WEEKS[0])
        made.snapshot()
        made.audit()


@pytest.fixture(scope="session")
def first_week(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The invented MSP as it was read and judged in the first week; copy its folder before changing it."""
    from msp_audit.workspace import Workspace

    made = made_once(tmp_path_factory, "first-week", make_first_week)
    return Workspace.open(copy_of(made, tmp_path_factory.mktemp("first_week") / "here"))
