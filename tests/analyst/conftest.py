"""One desk over the demo workspace for all tests that only ask it."""

from __future__ import annotations

from pathlib import Path

import pytest

from msp_audit.workspace import Desk


@pytest.fixture(scope="session")
def desk(demo: Path) -> Desk:
    from msp_audit.workspace import open_desk

    return open_desk(demo)
