"""What lies where the published copy should be, and is none: told in a sentence, nothing stays open."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from msp_audit.errors import ExitCode, StoreError
from msp_audit.store import Reader, open_published
from tests.audit.harness import Toy


def foreign(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table prices as select 1 as price")


def empty_ledger(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema audit")
        connection.execute("create table audit.migrations (version integer)")


def a_text(path: Path) -> None:
    path.write_text("no database at all")


def a_folder(path: Path) -> None:
    path.mkdir()


def open_files() -> list[str]:
    """What this process has open, as far as the system says."""
    return sorted(str(entry.resolve()) for entry in Path("/proc/self/fd").iterdir())


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (foreign, "not what msp-audit publishes.*Move it away"),
        (empty_ledger, "not what msp-audit publishes.*Move it away"),
        (a_text, "cannot be opened"),
        (a_folder, "cannot be opened"),
    ],
)
def test_what_is_no_published_copy_is_told_and_let_go(
    made: Callable[[Path], None], told: str, tmp_path: Path
) -> None:
    path = tmp_path / "published.duckdb"
    made(path)
    before = open_files()
    for opening in (Reader, open_published):
        with pytest.raises(StoreError, match=told) as error:
            opening(path, memory_limit="1GB")
        assert str(path) in str(error.value)
    assert [name for name in open_files() if name not in before] == []
    if path.is_file():
        # Nobody holds it: it can be opened to be written at once.
        path.unlink()
        foreign(path)


def test_a_copy_made_by_a_stranger_reads_no_other_file_on_being_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("version\nhunter2\n")
    path = tmp_path / "published.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema audit")
        for name in ("migrations", "runs"):
            view = f"select * from read_csv('{secret}', columns = {{'version': 'integer'}})"
            connection.execute(f"create view audit.{name} as {view}")
    for opening in (Reader, open_published):
        with pytest.raises(StoreError, match="not what msp-audit publishes") as told:
            opening(path, memory_limit="1GB")
        assert "hunter2" not in str(told.value)
    secret.write_text("version\n7\n")
    for opening in (Reader, open_published):
        with pytest.raises(StoreError, match="Permission Error"):
            opening(path, memory_limit="1GB")


def test_nothing_published_yet_is_told_with_the_command_that_does_it(tmp_path: Path) -> None:
    for opening in (Reader, open_published):
        with pytest.raises(StoreError, match="'msp-audit run' makes it"):
            opening(tmp_path / "published.duckdb", memory_limit="1GB")


def asked(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    (folder / "msp-audit.toml").write_text("")
    command = [sys.executable, "-m", "msp_audit", "-w", str(folder), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("words", [("status",), ("diff", "1", "2"), ("sql", "select 1"), ("findings",)])
def test_the_command_line_tells_it_in_a_sentence_and_not_as_findings(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    foreign(tmp_path / "msp-audit.duckdb")
    ended = asked(tmp_path, *words)
    assert ended.returncode == ExitCode.BROKEN, ended.stderr
    assert "Traceback" not in ended.stderr
    assert "is not what msp-audit publishes" in ended.stderr


def test_a_copy_that_is_damaged_inside_is_told_in_a_sentence_too(tmp_path: Path) -> None:
    path = tmp_path / "msp-audit.duckdb"
    toy = Toy(tmp_path / "store", in_memory=False)
    toy.store.publish(path)
    toy.store.close()
    with duckdb.connect(str(path)) as connection:
        connection.execute("drop table audit.runs cascade")
    ended = asked(tmp_path, "status")
    assert ended.returncode == ExitCode.BROKEN, ended.stderr
    assert ended.stderr.startswith("msp-audit: the database cannot do this: Catalog Error")
    assert "Traceback" not in ended.stderr


def test_a_fault_of_our_own_is_not_taken_for_findings(tmp_path: Path) -> None:
    program = "import msp_audit.cli.app as a, sys; a.app = lambda: 1 / 0; a.main()"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.returncode == ExitCode.BROKEN
    assert "ZeroDivisionError" in ended.stderr
    assert ended.stderr.endswith("show a fault of msp-audit itself. Please report them.\n")
    program = "import msp_audit.cli.app as a; a.app = lambda: open('/no/such/file', 'w'); a.main()"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.returncode == ExitCode.BROKEN
    assert ended.stderr == (
        "msp-audit: /no/such/file: No such file or directory. Check rights and room on the disk.\n"
    )
