"""Ctrl-C in the middle of a reading, tried with a whole process."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
import time
from pathlib import Path

from msp_audit.sandbox import Sandbox, samples_folder
from msp_audit.settings import SETTINGS_FILE
from msp_audit.workspace import Workspace
from tests.estates import copy_of
from tests.workspace.estate import WEEKS, workspace_on


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def settings_for(folder: Path, sandbox: Sandbox) -> None:
    """The demo's settings with the addresses of the running *sandbox*."""
    path = folder / SETTINGS_FILE
    path.write_text(path.read_text().replace("http://127.0.0.1:8765", sandbox.url))


def test_an_interrupt_ends_a_slow_reading_and_leaves_nothing_behind(
    first_week: Workspace, tmp_path: Path
) -> None:
    copy_of(first_week.settings.root, tmp_path)
    with Sandbox(samples_folder() / WEEKS[0]) as sandbox:
        workspace = workspace_on(tmp_path, sandbox, WEEKS[0])
        published = digest(workspace.published)
        settings_for(tmp_path, sandbox)
        sandbox.faults.add("delay_ms", ms=300)
        sandbox.faults.add("auvik_rate_limited", after=3, seconds=120)
        sandbox.forget_visits()
        process = subprocess.Popen(
            [sys.executable, "-m", "msp_audit", "--workspace", str(tmp_path), "snapshot"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # A test runner in the background may have told its children to ignore interrupts.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
        )
        try:
            deadline = time.monotonic() + 60
            while len(sandbox.visits) < 25 and time.monotonic() < deadline:
                time.sleep(0.05)
            spools = tmp_path / ".msp-audit" / "spool"
            assert {path.name for path in spools.iterdir()} >= {"psa", "auvik"}
            process.send_signal(signal.SIGINT)
            began = time.monotonic()
            _, told = process.communicate(timeout=60)
        finally:
            process.kill()
        assert process.returncode == 130, told
        # Nobody sits out the two minutes that Auvik asked for.
        assert time.monotonic() - began < 30
        assert "Traceback" not in told
    assert list(spools.iterdir()) == []
    assert digest(workspace.published) == published
    with workspace._store() as store:
        # What was sealed before stays; a half reading does not exist.
        sealed = store.database.query(
            "select count(*) filter (source = 'psa'), count(*) filter (source = 'auvik') from audit.snapshots"
        )
    assert sealed.rows == ((1, 1),)
