"""One demo workspace for all tests of the documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from msp_audit.cli.demo import demo_workspace


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented MSP's workspace, read and judged; copy it before changing it."""
    folder = tmp_path_factory.mktemp("documents") / "demo"
    demo_workspace(folder)
    return folder
