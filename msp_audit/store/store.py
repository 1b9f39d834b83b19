"""The private store of a workspace: opened by one run at a time, migrated on the way."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from msp_audit.domain import ResourceReading
from msp_audit.errors import StoreError
from msp_audit.store.database import Database, QueryFailed, install_macros, quoted, text_literal
from msp_audit.store.layout import layout_steps
from msp_audit.store.lock import StoreLock
from msp_audit.store.meaning import comment_ledger
from msp_audit.store.publish import copy_database, publish_file
from msp_audit.store.retention import prune
from msp_audit.store.snapshots import Shrinkage, Snapshot, seal
from msp_audit.store.spool import Spool
from msp_audit.store.views import Views

_CONNECTORS = Path(__file__).parent.parent / "connectors"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """How the store is kept small."""

    #: Days that records which are gone, and states of findings, are kept; None for ever.
    keep_days: int | None = None
    #: Share of unused room in the file above which it is rewritten.
    compact_share: float = 0.5
    #: A file smaller than this is left as it is, in bytes.
    compact_from: int = 32 * 1024 * 1024


class Store:
    """The database that runs write. Nobody else opens it; people open the published copy."""

    def __init__(
        self,
        folder: Path,
        *,
        memory_limit: str = "2GB",
        in_memory: bool = False,
        wait_seconds: float = 0.0,
        upkeep: Upkeep | None = None,
        threads: int | None = None,
        workspace: Path | None = None,
    ) -> None:
        """Open the store in *folder*; *in_memory* keeps only the spools there (for what ifs and tests).

        The *workspace* may add to the lists of values that identify nothing.

        Raises:
            StoreError: another run holds the store and does not end within *wait_seconds*; the store is
                damaged or newer than this program; or the folder cannot be written.
        """
        self._folder = folder
        self._memory_limit = memory_limit
        self._threads = threads
        self._upkeep = upkeep or Upkeep()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StoreError(f"{folder} cannot be made: {error.strerror}. Check rights and room.") from error
        self._lock = None if in_memory else StoreLock(folder, wait_seconds=wait_seconds)
        self._path = None if in_memory else folder / "store.duckdb"
        self._database: Database | None = None
        try:
            _migrate(self.database)
            install_macros(self.database, workspace=workspace)
            comment_ledger(self.database)
        except BaseException as error:
            self.close()
            if isinstance(error, QueryFailed):
                raise StoreError(f"{self._path} cannot be prepared: {error}") from error
            raise

    @property
    def database(self) -> Database:
        """The open database; it is opened again after it was closed for a copy."""
        if self._database is None:
            if self._path is not None:
                _make_private(self._path)
            self._database = Database.open(self._path, memory_limit=self._memory_limit, threads=self._threads)
        return self._database

    def spool(self, source: str) -> Spool:
        """An empty spool for one reading of *source*."""
        return Spool(self._folder / "spool" / source)

    def seal(
        self,
        *,
        source: str,
        read_at: datetime,
        sealed_at: datetime,
        spool: Spool,
        readings: Sequence[ResourceReading],
        keys: Mapping[str, Sequence[str]],
        shrinkage: Shrinkage,
        program_version: str,
    ) -> Snapshot:
        """See :func:`msp_audit.store.snapshots.seal`."""
        return seal(
            self.database,
            source=source,
            read_at=read_at,
            sealed_at=sealed_at,
            spool=spool,
            readings=readings,
            keys=keys,
            shrinkage=shrinkage,
            program_version=program_version,
        )

    def was_read(self, source: str, resource: str) -> bool:
        """Whether any snapshot holds records of *resource*."""
        return self.database.has_relation(f"history.{source}__{resource}")

    def landed_version(self, source: str, resource: str, *, member: str) -> str | None:
        """What the records of *resource* that count now hold in *member*; None where there are none."""
        if not self.was_read(source, resource):
            return None
        found = self.database.query(
            f"select any_value(records.payload ->> {text_literal('$.' + member)})"
            f" from history.{quoted(f'{source}__{resource}')} as records where records.valid_to is null"
        ).scalar()
        return None if found is None else str(found)

    def materialise(self, views: Views) -> bool:
        """Remake the typed tables whose lists or views changed; whether any was remade."""
        database = self.database
        held = self._path.stat().st_size if self._path is not None else 0
        return bool(views.materialise(database, pile_bytes=held))

    def publish(self, target: Path) -> None:
        """Make a copy of the store the published database; drops first what is kept no longer.

        Raises:
            StoreError: the disk is full or the folder cannot be written; the old copy stays as it was.
        """
        try:
            prune(self.database, keep_days=self._upkeep.keep_days)
            if self._path is None:
                self._publish_from_memory(target)
                return
            self._compact_if_worthwhile()
            self.database.execute("checkpoint")
        except QueryFailed as error:
            self._close_database()
            raise StoreError(
                f"{target} could not be replaced; what was published before stays. {error}"
            ) from error
        # Closed, the file is whole by itself: nothing waits in a log beside it.
        self._close_database()
        publish_file(self._path, target=target)

    def _publish_from_memory(self, target: Path) -> None:
        copy = self._folder / "copy.duckdb"
        copy.unlink(missing_ok=True)
        copy_database(self.database, target=copy)
        try:
            publish_file(copy, target=target)
        finally:
            copy.unlink(missing_ok=True)

    def _compact_if_worthwhile(self) -> None:
        block_size, total, free = self.database.query(
            "select sizes.block_size, sizes.total_blocks, sizes.free_blocks from pragma_database_size()"
            " as sizes where sizes.database_name = current_database()"
        ).rows[0]
        if total * block_size >= self._upkeep.compact_from and free > total * self._upkeep.compact_share:
            self.compact()

    def compact(self) -> None:
        """Rewrite the store without unused room; killed half way, the old file is still there.

        Raises:
            StoreError: the disk has no room for it; the store stays as it was.
        """
        if self._path is None:
            return
        fresh = self._path.with_name("store.duckdb.new")
        try:
            fresh.unlink(missing_ok=True)
            fresh.with_name(fresh.name + ".wal").unlink(missing_ok=True)
            copy_database(self.database, target=fresh)
            self._close_database()
            # A log that stayed would be played onto the wrong file.
            if self._path.with_name(self._path.name + ".wal").exists():
                fresh.unlink()
                return
            fresh.chmod(0o600)
            fresh.replace(self._path)
        except OSError as error:
            with contextlib.suppress(OSError):
                fresh.unlink(missing_ok=True)
            raise StoreError(
                f"{self._path} could not be made smaller and stays as it is: {error.strerror}."
                " Check rights and room."
            ) from error

    def close(self) -> None:
        """Close the database and let the next run in; safe to call twice."""
        self._close_database()
        if self._lock is not None:
            self._lock.release()

    def _close_database(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def empty_relations(views: Views | None = None) -> Database:
    """A database in memory with the macros and every typed relation, all of them empty."""
    database = Database.open(None)
    install_macros(database)
    (views or Views.load(built_in_view_folders())).make_empty(database)
    return database


def built_in_view_folders() -> dict[str, Path]:
    """Schema name to folder of view files, for the connectors that ship."""
    return {path.parent.name: path for path in sorted(_CONNECTORS.glob("*/views"))}


def _make_private(path: Path) -> None:
    """Nobody but the owner reads the store: it holds every customer's inventory.

    A new store is begun under another name: killed half way, it would be no database at all.
    """
    try:
        path.parent.chmod(0o700)
        if not path.exists():
            fresh = path.with_name("store.duckdb.begun")
            fresh.unlink(missing_ok=True)
            with Database.open(fresh) as database:
                _migrate(database)
                database.execute("checkpoint")
            fresh.replace(path)
        path.chmod(0o600)
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}. Check rights and room.") from error


def _migrate(database: Database) -> None:
    """Bring the schema up to this program's version, one transaction a step."""
    database.execute("create schema if not exists audit")
    database.execute(
        "create table if not exists audit.migrations"
        " (version integer primary key, name varchar, applied_at timestamp)"
    )
    done = {int(version) for (version,) in database.query("select version from audit.migrations")}
    steps = layout_steps()
    newer = sorted(done - set(steps))
    if newer:
        raise StoreError(
            f"The store was written by a newer msp-audit (schema {newer[-1]}, known here: {max(steps)})."
            " Upgrade msp-audit; nothing was changed."
        )
    for version, path in steps.items():
        if version in done:
            continue
        try:
            with database.transaction():
                database.execute(path.read_text(encoding="utf-8"))
                database.execute(
                    "insert into audit.migrations values ($version, $name, now() at time zone 'UTC')",
                    {"version": version, "name": re.sub(r"^\d+_|\.sql$", "", path.name)},
                )
        except QueryFailed as error:
            raise StoreError(f"The store could not be brought up to schema {version}: {error}") from error
    if set(steps) - done:
        comment_ledger(database)
