"""Reads the published copy, and can do nothing else: no file, no network, no other database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from msp_audit.domain import Rows
from msp_audit.errors import StoreError
from msp_audit.store.database import Database, Inspection, Params, QueryFailed, inspect
from msp_audit.store.layout import layout_steps
from msp_audit.store.publication import PUBLISHED, Publication


def open_published(
    path: Path, *, memory_limit: str, threads: int | None = None, spills: bool = True
) -> Database:
    """A database in memory with the published copy at *path* attached as ``published``, closed to all else.

    One that never *spills* fails where memory ends, and fills no disk.

    Raises:
        StoreError: there is none yet, it cannot be opened, or something else lies there.
    """
    current = Publication(path).found()
    database = Database.open(None, memory_limit=memory_limit, threads=threads)
    try:
        # Attached, not opened: DuckDB gives a second opening of one name in a process the file of the first.
        database.attach(current, alias=PUBLISHED)
        if not spills:
            database.execute("set temp_directory = ''")
        # Before the first question: a view in a copy that somebody else made may read other files.
        database.execute("set enable_external_access = false")
        _require_ours(database, current)
    except BaseException:
        database.close()
        raise
    return database


def _require_ours(database: Database, path: Path) -> None:
    try:
        version = database.query(f"select max(version) from {PUBLISHED}.audit.migrations").scalar()
    except QueryFailed as error:
        raise StoreError(
            f"{path} is not what msp-audit publishes, or it is damaged. Move it away;"
            f" 'msp-audit audit' publishes it anew. DuckDB says: {str(error).splitlines()[0]}"
        ) from error
    if version is None:
        raise StoreError(
            f"{path} is not what msp-audit publishes. Move it away; 'msp-audit audit' publishes it anew."
        )


class Reader:
    """A read-only connection to a published database, closed to everything outside it."""

    def __init__(
        self, path: Path, *, memory_limit: str = "2GB", spills: bool = True, threads: int | None = None
    ) -> None:
        """Open the copy at *path*; one that never *spills* fails where memory ends, and fills no disk.

        Raises:
            StoreError: there is none yet, it cannot be opened, or something else lies there.
        """
        self._database = open_published(path, memory_limit=memory_limit, threads=threads, spills=spills)
        try:
            self._database.execute(f"use {PUBLISHED}")
            # What a query took goes back to the system at once: a PDF is drawn beside this process.
            self._database.execute("set allocator_flush_threshold = '1MB'")
            self._database.execute("set allocator_bulk_deallocation_flush_threshold = '1MB'")
            self._database.execute("set lock_configuration = true")
        except BaseException:
            self._database.close()
            raise

    @property
    def database(self) -> Database:
        """The connection, for callers that stream or set deadlines."""
        return self._database

    def query(self, sql: str, params: Params | None = None) -> Rows:
        """Run one statement; parameters that it does not name are left out.

        Raises:
            QueryFailed: DuckDB refuses it.
        """
        return self._database.query(sql, params)

    def batches(self, sql: str, params: Params | None = None, *, size: int = 2_000) -> Iterator[Rows]:
        """Run one statement and fetch *size* rows at a time, at least once; ask nothing else meanwhile.

        Raises:
            QueryFailed: DuckDB refuses it.
        """
        return self._database.batches(sql, params, size=size)

    def inspect(self, sql: str) -> Inspection:
        """What *sql* is and reads, without running it."""
        return inspect(sql)

    def require_current(self) -> None:
        """Make sure that this program's own statements find what they name.

        Raises:
            StoreError: another version of the program published the copy.
        """
        published = int(self._database.query("select max(version) from audit.migrations").scalar())
        known = max(layout_steps())
        if published < known:
            raise StoreError(
                f"The database was published by an older msp-audit (schema {published}, this one: {known})."
                " Run 'msp-audit audit' once: it judges what was read and publishes it anew."
            )
        if published > known:
            raise StoreError(
                f"The database was published by a newer msp-audit (schema {published}, known here: {known})."
                " Upgrade msp-audit."
            )

    def has_relations(self, sql: str) -> tuple[str, ...]:
        """Names of relations that *sql* reads and that do not exist here."""
        names = sorted(name for name in inspect(sql).relations if "." in name)
        return tuple(name for name in names if not self._database.has_relation(name))

    def close(self) -> None:
        """Close the connection; safe to call twice."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
