"""Landing takes little memory and few threads, whatever the machine offers: memory stays flat."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from msp_audit.store.database import Database, QueryFailed

#: Enough to land a million records of a kilobyte.
LANDING_BYTES = 340 * 1000 * 1000
#: Of a larger pile of records this share must fit, or sorting them does not end.
LANDING_SHARE = 0.35
#: Each thread has buffers of its own.
LANDING_THREADS = 2

_UNITS = {"bytes": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}


@contextmanager
def modest(database: Database, *, pile_bytes: int) -> Iterator[None]:
    """Work through *pile_bytes* of records with less than the database may take."""
    before = str(database.query("select current_setting('memory_limit')").scalar())
    threads = int(database.query("select current_setting('threads')").scalar())
    wanted = max(LANDING_BYTES, int(pile_bytes * LANDING_SHARE))
    if wanted >= _bytes(before):
        yield
        return
    _limit(database, memory=f"{wanted} bytes", threads=min(threads, LANDING_THREADS))
    try:
        yield
    finally:
        _limit(database, memory=before, threads=threads)


def _limit(database: Database, *, memory: str, threads: int) -> None:
    try:
        database.execute(f"set memory_limit = '{memory}'; set threads = {threads}")
    except QueryFailed:
        # What is held at the moment does not fit; it is no reason to stop.
        return


def _bytes(text: str) -> float:
    found = re.fullmatch(r"([\d.]+) (\w+)", text)
    return float(found[1]) * _UNITS.get(found[2], 1) if found else float("inf")
