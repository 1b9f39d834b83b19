"""One demo workspace for all tests of the analyst's desk."""

from __future__ import annotations

from pathlib import Path

import pytest

from msp_audit.cli.demo import demo_workspace
from msp_audit.workspace import Desk


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented MSP's workspace, read and judged; copy it before changing it."""
    folder = tmp_path_factory.mktemp("analyst") / "demo"
    demo_workspace(folder)
    return folder


@pytest.fixture(scope="session")
def desk(demo: Path) -> Desk:
    from msp_audit.workspace import open_desk

    return open_desk(demo)
