"""The store and its published copy: one writer, many readers, old schemas, full disks."""

from __future__ import annotations

import gzip
import os
import re
import resource
import stat
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from msp_audit.errors import StoreError
from msp_audit.store import Database, Publication, Reader, Store, Upkeep, Views
from msp_audit.store.publication import Files
from msp_audit.store.whatif import WhatIf
from tests.audit.harness import Toy, thing

OLD = Path(__file__).parent / "data"
ROOT = Path(__file__).parents[2]
LINE = "select count(*), max(last_seen_run_id) from audit.findings"


def live(toy: Toy, *numbers: int) -> None:
    toy.read({"things": [thing(number) for number in numbers], "parts": []})
    toy.audit()


@pytest.fixture
def toy(tmp_path: Path) -> Iterator[Toy]:
    made = Toy(tmp_path, in_memory=False)
    yield made
    made.store.close()


def test_a_reader_neither_blocks_a_run_nor_sees_a_mixture(toy: Toy, tmp_path: Path) -> None:
    target = tmp_path / "published.duckdb"
    live(toy, 1)
    toy.store.publish(target)
    reading = textwrap.dedent(f"""
        import sys
        from pathlib import Path
        from msp_audit.store import Reader
        with Reader(Path({str(target)!r})) as reader:
            print(reader.query({LINE!r}).rows, flush=True)
            sys.stdin.readline()
            print(reader.query({LINE!r}).rows, flush=True)
    """)
    with subprocess.Popen(
        [sys.executable, "-c", reading], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        before = other.stdout.readline()
        live(toy, 1, 2)
        toy.store.publish(target)
        after, _ = other.communicate("\n")
    assert before == after == "((1, 1),)\n"
    with Reader(target) as first, Reader(target) as second:
        assert first.query(LINE).rows == second.query(LINE).rows == ((2, 2),)


def test_the_second_run_is_told_who_holds_the_store(toy: Toy, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=rf"held by process {os.getpid()} .*--wait"):
        Store(tmp_path / "store")


def test_the_second_run_waits_as_long_as_it_is_told(toy: Toy, tmp_path: Path) -> None:
    began = time.monotonic()
    threading.Timer(0.5, toy.store.close).start()
    with Store(tmp_path / "store", wait_seconds=20) as second:
        assert second.database.query("select 1").scalar() == 1
    assert 0.4 < time.monotonic() - began < 15


def test_nobody_else_can_read_the_store(toy: Toy, tmp_path: Path) -> None:
    live(toy, 1)
    toy.store.publish(tmp_path / "published.duckdb")
    folder = tmp_path / "store"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir() if path.is_file()} == {0o600}


def test_the_published_copy_keeps_the_rights_people_gave_it(toy: Toy, tmp_path: Path) -> None:
    target = tmp_path / "published.duckdb"
    live(toy, 1)
    toy.store.publish(target)
    target.chmod(0o640)
    toy.store.publish(target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


class WindowsFiles(Files):
    """Refuses to replace or remove a file that somebody has open."""

    def __init__(self) -> None:
        self.open: set[str] = set()

    def replace(self, source: Path, target: Path) -> None:
        if target.name in self.open:
            raise PermissionError(13, "being used by another process")
        super().replace(source, target)

    def remove(self, path: Path) -> None:
        if path.name in self.open:
            raise PermissionError(13, "being used by another process")
        super().remove(path)


def test_where_an_open_file_cannot_be_replaced_a_pointer_names_the_latest(tmp_path: Path) -> None:
    target, files = tmp_path / "p.duckdb", WindowsFiles()
    publication = Publication(target, files=files)

    def publish(text: str) -> str:
        fresh = tmp_path / ".fresh"
        fresh.write_text(text)
        publication.swap_in(fresh)
        return publication.current().read_text()

    assert publish("one") == "one"
    files.open = {"p.duckdb"}
    assert publish("two") == "two"
    assert target.read_text() == "one"
    held = publication.current().name
    files.open = {"p.duckdb", held}
    assert publish("three") == "three"
    assert len(list(tmp_path.glob("p.*.duckdb"))) == 2
    files.open = set()
    assert publish("four") == "four"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p.duckdb"]


def test_what_if_is_asked_of_the_copy_that_the_pointer_names(tmp_path: Path) -> None:
    target, files = tmp_path / "p.duckdb", WindowsFiles()
    folder = tmp_path / "auvik"
    folder.mkdir()
    (folder / "devices.sql").write_text('/*\ngrain = "one row per device"\n*/\nselect 0 as number')
    for number in (1, 2):
        fresh = tmp_path / ".fresh"
        with Database.open(fresh, threads=1) as database:
            database.execute(f"create schema auvik; create table auvik.devices as select {number} as number")
        Publication(target, files=files).swap_in(fresh)
        files.open = {"p.duckdb"}
    with WhatIf(target, views=Views.load({"auvik": folder}), wanted="auvik.devices", replaced={}) as made:
        assert made.query("select number from auvik.devices").scalar() == 2


def test_a_pointer_that_cannot_be_removed_points_back(tmp_path: Path) -> None:
    target, files = tmp_path / "p.duckdb", WindowsFiles()
    publication = Publication(target, files=files)
    target.write_text("one")
    files.open = {"p.duckdb"}
    for text in ("two", "three"):
        fresh = tmp_path / ".fresh"
        fresh.write_text(text)
        publication.swap_in(fresh)
        assert publication.current().read_text() == text
        files.remove = lambda path: (_ for _ in ()).throw(PermissionError(13, "in use"))  # type: ignore[method-assign]
        files.open = set()


@pytest.mark.parametrize("old", sorted(path.name for path in OLD.glob("schema_*.duckdb.gz")))
def test_a_store_of_an_earlier_schema_goes_on(tmp_path: Path, old: str) -> None:
    (tmp_path / "store").mkdir()
    kept = gzip.decompress((OLD / old).read_bytes())
    (tmp_path / "store" / "store.duckdb").write_bytes(kept)
    toy = Toy(tmp_path, in_memory=False)
    assert toy.states() == {"1": "unchecked", "2": "resolved", "3": "unchecked"}
    toy.week = 10
    live(toy, 1, 2)
    assert toy.states() == {"1": "open", "2": "reopened", "3": "resolved"}
    toy.store.publish(tmp_path / "published.duckdb")
    toy.store.close()


def test_a_newer_store_is_left_alone(toy: Toy, tmp_path: Path) -> None:
    toy.store.database.execute("insert into audit.migrations values (9999, 'future', now()::timestamp)")
    toy.store.close()
    with pytest.raises(StoreError, match="newer msp-audit"):
        Store(tmp_path / "store")


def test_every_column_of_the_ledger_is_described(toy: Toy) -> None:
    missing = toy.store.database.query(
        "select table_name || '.' || column_name from duckdb_columns() where schema_name = 'audit'"
        " and comment is null and table_name not in ('migrations', 'materialised', 'store_facts')"
    )
    assert missing.rows == ()


def test_what_ended_long_ago_is_dropped_and_the_findings_stay(tmp_path: Path) -> None:
    toy = Toy(tmp_path, in_memory=False)
    toy.store.close()
    toy.store = Store(tmp_path / "store", upkeep=Upkeep(keep_days=15, compact_from=0, compact_share=0.01))
    for number in range(1, 7):
        live(toy, number)
    toy.store.publish(tmp_path / "published.duckdb")
    kept = toy.store.database.query("select min(valid_to) from history.toy__things").scalar()
    run_id, snapshot_id = toy.store.database.query("select run_id, snapshot_id from audit.kept_from").rows[0]
    assert (run_id, snapshot_id) == (4, 4)
    assert kept == 5
    assert toy.store.database.query("select count(*) from audit.findings").scalar() == 6
    live(toy, 9)
    assert toy.store.database.query("select max(run_id) from audit.runs").scalar() == 7
    toy.store.close()


def test_compacting_keeps_everything_and_makes_the_file_smaller(toy: Toy, tmp_path: Path) -> None:
    for number in range(4):
        live(toy, *range(number, number + 3))
    events = "from audit.finding_events order by all"
    lines = toy.store.database.query(events).rows
    # What a year of remade tables leaves behind.
    toy.store.database.execute("create table ballast as select random() as r from range(1000000); checkpoint")
    toy.store.database.execute("drop table ballast; checkpoint")
    path = tmp_path / "store" / "store.duckdb"
    before = path.stat().st_size
    toy.store.compact()
    assert toy.store.database.query(events).rows == lines
    assert path.stat().st_size < before
    live(toy, 1)
    assert toy.store.database.query("select max(run_id) from audit.runs").scalar() == 5


@contextmanager
def as_somebody_else() -> Iterator[None]:
    """Root may write everywhere; somebody else may not."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_that_cannot_be_written_is_told_and_harms_nothing(toy: Toy, tmp_path: Path) -> None:
    target = tmp_path / "open" / "published.duckdb"
    live(toy, 1)
    toy.store.publish(target)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.owner() == tmp_path.owner() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055) if "pytest" in str(folder) else None
    toy.store.close()
    target.parent.chmod(0o555)
    try:
        with as_somebody_else(), pytest.raises(StoreError, match=r"Check rights|cannot be"):
            Store(target.parent / "store")
        from msp_audit.store.publish import publish_file

        copy = tmp_path / "copy.duckdb"
        copy.write_bytes(target.read_bytes())
        copy.chmod(0o644)
        with as_somebody_else(), pytest.raises(StoreError, match="what was published before stays"):
            publish_file(copy, target=target)
    finally:
        target.parent.chmod(0o755)
    with Reader(target) as reader:
        assert reader.query(LINE).rows == ((1, 1),)


def _run_with_room(folder: Path, room: int) -> subprocess.CompletedProcess[str]:
    program = textwrap.dedent(f"""
        import resource
        from pathlib import Path
        from msp_audit.errors import MspAuditError
        from tests.audit.harness import Toy, thing
        folder = Path({str(folder)!r})
        toy = Toy(folder, in_memory=False)
        toy.week = 50
        resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))
        try:
            toy.read({{"things": [thing(n, name="x" * 4000) for n in range(300)], "parts": []}})
            toy.audit()
            toy.store.publish(folder / "published.duckdb")
        except Exception as error:
            print(type(error).__name__)
    """)
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("room", [0, 100_000, 1_000_000, 6_000_000])
def test_a_full_disk_harms_nothing_and_the_next_run_works(toy: Toy, tmp_path: Path, room: int) -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    target = tmp_path / "published.duckdb"
    live(toy, 1)
    toy.store.publish(target)
    toy.store.close()
    ended = _run_with_room(tmp_path, room)
    assert re.search("StoreError|QueryFailed", ended.stdout), ended.stderr
    with Reader(target) as reader:
        assert reader.query(LINE).rows == ((1, 1),)
    again = Toy(tmp_path, in_memory=False)
    again.week = 60
    live(again, 1, 2)
    again.store.publish(target)
    again.store.close()
    with Reader(target) as reader:
        assert reader.query("select max(run_id) from audit.runs where finished_at is not null").scalar() > 1
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".new")] == []
