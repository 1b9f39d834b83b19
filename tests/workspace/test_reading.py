"""What a snapshot leaves in the log when nobody watches: each list with its proof."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from msp_audit.sandbox import Sandbox, samples_folder
from tests.workspace.estate import WEEKS, workspace_on

LINE = re.compile(
    r"psa\.(\w+) (\w+): (\d+) rows, (\d+) pages, (\d+) requests, (\d+) retries, \d+\.\d s\. (.*)"
)


def test_each_list_leaves_one_line_with_its_proof(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="msp_audit")
    with Sandbox(samples_folder() / WEEKS[0]) as sandbox:
        sandbox.faults.add("psa_15_forbidden", path="*/service/boards")
        sandbox.faults.add("psa_01_rate_limited", path="*/company/companies", after=1, times=1, seconds=0)
        workspace = workspace_on(tmp_path, sandbox, WEEKS[0])
        (snapshot,) = workspace.snapshot(["psa"])
    told = {
        found[1]: (record.levelname, found)
        for record in caplog.records
        if (found := LINE.fullmatch(record.getMessage()))
    }
    assert told.keys() == {reading.resource for reading in snapshot.readings}
    level, companies = told["companies"]
    assert (level, companies[2], int(companies[6])) == ("INFO", "complete", 1)
    assert int(companies[3]) > 10
    assert int(companies[5]) > int(companies[4]) > 0
    level, boards = told["boards"]
    assert (level, boards[2], boards[3]) == ("WARNING", "refused", "0")
    assert "Grant the API member's security role" in boards[7]
