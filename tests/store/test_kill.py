"""Kills a real process with SIGKILL at random moments of reading, judging and publishing."""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from pathlib import Path

import pytest

from msp_audit.store import Reader
from tests.audit.harness import Toy, thing

MOMENTS = 50


def work(folder: str, begun: str) -> None:
    """Read, judge and publish for ever."""
    toy = Toy(Path(folder), in_memory=False)
    Path(begun).touch()
    newest = toy.store.database.query("select coalesce(max(snapshot_id), 0) from audit.snapshots").scalar()
    while True:
        newest += 1
        round_of(toy, Path(folder), newest)


def round_of(toy: Toy, folder: Path, number: int) -> None:
    toy.week = number
    toy.read({"things": [thing(n) for n in range(number % 5, number % 5 + 5)], "parts": []})
    toy.audit()
    toy.store.publish(folder / "published.duckdb")


def wait_for(path: Path) -> None:
    """Until it is there, and no longer than a machine can be busy."""
    until = time.monotonic() + 60
    while not path.exists() and time.monotonic() < until:
        time.sleep(0.002)


def check(published: Path) -> int:
    """The published copy is one run, whole; its number."""
    with Reader(published) as reader:
        run_id, unfinished = reader.query(
            "select max(run_id), count(*) filter (finished_at is null) from audit.runs"
        ).rows[0]
        assert unfinished == 0
        seen = reader.query(
            "select count(*) from audit.findings where detection in ('new', 'open', 'reopened')"
        ).scalar()
        assert seen == reader.query("select count(*) from toy.things where is_bad").scalar() == 5
        late = reader.query(
            "select count(*) from audit.findings where last_seen_run_id > $run_id", {"run_id": run_id}
        )
        assert late.scalar() == 0
    return int(run_id)


@pytest.mark.slow
def test_a_process_killed_at_any_moment_harms_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.audit.harness"])
    dice = random.Random(int(os.environ.get("MSP_AUDIT_KILL_SEED", "6")))
    published, begun = tmp_path / "published.duckdb", tmp_path / "begun"
    last = 0
    # How long a new process's first round takes here and now: every step gets its share of the moments.
    (tmp_path / "measured").mkdir()
    process = context.Process(target=work, args=(str(tmp_path / "measured"), str(begun)))
    process.start()
    wait_for(begun)
    clock = time.monotonic()
    wait_for(tmp_path / "measured" / "published.duckdb")
    seconds = time.monotonic() - clock
    process.kill()
    process.join()
    for moment in range(MOMENTS):
        begun.unlink(missing_ok=True)
        process = context.Process(target=work, args=(str(tmp_path), str(begun)))
        process.start()
        # The first few die while the store itself is made; the others anywhere in one or two rounds.
        if moment > 4:
            wait_for(begun)
        time.sleep(dice.uniform(0, 2 * seconds if moment > 4 else 0.3))
        process.kill()
        process.join()
        assert process.exitcode == -9, "it ended by itself"
        if published.exists():
            now = check(published)
            assert now >= last
            last = now
    assert last > 5
    toy = Toy(tmp_path, in_memory=False)
    toy.week = 1000
    toy.read({"things": [thing(n) for n in range(5)], "parts": []})
    assert toy.audit().run_id > last
    toy.store.publish(published)
    toy.store.close()
    check(published)
    assert not list(tmp_path.glob(".*.new*"))
