"""Planted secrets are looked for in all that runs leave: words, files, every cell of the databases."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from msp_audit.cli.demo import prepare_workspace
from msp_audit.sandbox import LOGINS, Sandbox, samples_folder
from tests.cli.test_commands import msp_audit
from tests.workspace.estate import WEEKS

KEY = "Pr1vate-Key-of-the-MSP"
PASSWORD = "Passw0rd-of-a-customer"
MAIL = "Passw0rd-of-the-mailbox"
MAILS = """
[mail]
tries = 1
smtp = { host = "127.0.0.1", port = 9, security = "none", username = "u", password = "file:secrets/mail" }
[[delivery]]
name = "post"
report = "weekly_internal"
channel = "email"
sender = "a@b.example"
to = ["c@d.example"]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What a reading with good keys and a run with a wrong one left, nothing being kept back by the umask."""

    words: str
    recording: Path
    workspace: Path

    def files(self) -> list[Path]:
        found = [*self.workspace.rglob("*"), *self.recording.rglob("*")]
        return [path for path in found if path.is_file() and path.parent.name != "secrets"]


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Left:
    folder = tmp_path_factory.mktemp("secrets")
    workspace, recording = folder / "workspace", folder / "recording"
    prepare_workspace(workspace, samples_folder())
    settings, key = workspace / "msp-audit.toml", workspace / "secrets" / "psa-private-key"
    (workspace / "secrets" / "mail").write_text(MAIL)
    recording.mkdir(mode=0o755)
    before = os.umask(0)
    try:
        with Sandbox(samples_folder() / WEEKS[-1]) as sandbox:
            sandbox.faults.add("psa_52_passwords_present", password=PASSWORD)
            written = settings.read_text().replace("http://127.0.0.1:8765", sandbox.url)
            settings.write_text(written + MAILS)
            read = msp_audit("-v", "snapshot", "--record", str(recording), folder=workspace)
            assert read.returncode == 0, read.stderr
            key.write_text(KEY)
            ran = msp_audit("-v", "run", folder=workspace)
            assert "refused the credentials" in ran.stderr
            asked = msp_audit("doctor", folder=workspace)
    finally:
        os.umask(before)
    words = "".join(one.stdout + one.stderr for one in (read, ran, asked))
    return Left(words=words, recording=recording, workspace=workspace)


def cells(path: Path) -> str:
    """Every row of every table of a database; in the file texts are packed."""
    with duckdb.connect(path, read_only=True) as database:
        found = database.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        return "\n".join(
            repr(database.execute(f'select * from "{schema}"."{table}"').fetchall())
            for schema, table in found
        )


def test_a_secret_stands_in_nothing_that_runs_leave(left: Left) -> None:
    files = {path: path.read_bytes() for path in left.files()}
    assert {".http", ".duckdb", ".eml", ".html", ".xlsx"} <= {path.suffix for path in files}
    databases = "".join(cells(path) for path in files if path.suffix == ".duckdb")
    assert "Kirkland" in databases, "nothing was read; the test shows nothing"
    for secret in (KEY, PASSWORD, MAIL):
        assert secret not in left.words
        assert secret not in databases
        assert [path.name for path, content in files.items() if secret.encode() in content] == []
    # No secret by itself, but half of a log-in: only the settings name it.
    identity = LOGINS["psa"]["client_id"].encode()
    assert {path.name for path, content in files.items() if identity in content} == {"msp-audit.toml"}


def test_whatever_the_umask_nobody_else_reads_store_spool_and_recording(left: Left) -> None:
    store, spool = left.workspace / ".msp-audit", left.workspace / "store" / "spool"
    assert {stat.S_IMODE(path.stat().st_mode) for path in (store, spool, left.recording / "psa")} == {0o700}
    private = [*store.glob("store.duckdb*"), *spool.iterdir(), *left.recording.rglob("*.http")]
    assert {path.suffix for path in private} >= {".duckdb", ".eml", ".json", ".http"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in private} == {0o600}


def test_what_is_for_readers_follows_the_umask(left: Left) -> None:
    assert stat.S_IMODE((left.workspace / "msp-audit.duckdb").stat().st_mode) == 0o666
    reports = [path for path in (left.workspace / "reports" / "output").rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in reports} == {0o666}
