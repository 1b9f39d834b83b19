"""One reading of the samples for all tests that only look at it."""

from __future__ import annotations

import pytest

from msp_audit.workspace import Workspace
from tests.workspace.estate import WEEKS, sandbox_of, workspace_on


@pytest.fixture(scope="session")
def first_week(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The invented MSP as it was read and judged in the first week; change nothing in it."""
    with sandbox_of(WEEKS[0]) as sandbox:
        made = workspace_on(tmp_path_factory.mktemp("first_week"), sandbox, WEEKS[0])
        made.snapshot()
        made.audit()
    return made
