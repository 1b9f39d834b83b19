"""The private store of a workspace: opened by one run at a time, migrated on the way."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from msp_audit.domain import ResourceReading
from msp_audit.errors import StoreError
from msp_audit.store.database import Database, QueryFailed, install_macros
from msp_audit.store.meaning import comment_ledger
from msp_audit.store.publish import publish
from msp_audit.store.snapshots import Shrinkage, Snapshot, seal
from msp_audit.store.spool import Spool
from msp_audit.store.views import Views

_MIGRATIONS = Path(__file__).parent / "migrations"
_CONNECTORS = Path(__file__).parent.parent / "connectors"


class Store:
    """The database that runs write. Nobody else opens it; people open the published copy."""

    def __init__(self, folder: Path, *, memory_limit: str = "2GB", in_memory: bool = False) -> None:
        """Open the store in *folder*; *in_memory* keeps only the spools there (for what ifs and tests)."""
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StoreError(f"{folder} cannot be made: {error.strerror}. Check rights and room.") from error
        path = None if in_memory else folder / "store.duckdb"
        self.database = Database.open(path, memory_limit=memory_limit)
        try:
            _migrate(self.database)
            install_macros(self.database)
        except BaseException:
            self.database.close()
            raise

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

    def materialise(self, views: Views) -> bool:
        """Remake the typed tables whose lists or views changed; whether any was remade."""
        return bool(views.materialise(self.database))

    def publish(self, target: Path) -> None:
        """See :func:`msp_audit.store.publish.publish`."""
        publish(self.database, target=target)

    def close(self) -> None:
        """Close the database; safe to call twice."""
        self.database.close()

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


def _migrate(database: Database) -> None:
    """Bring the schema up to this program's version, one transaction a step."""
    database.execute("create schema if not exists audit")
    database.execute(
        "create table if not exists audit.migrations"
        " (version integer primary key, name varchar, applied_at timestamp)"
    )
    done = {int(version) for (version,) in database.query("select version from audit.migrations")}
    steps = {int(path.name[:4]): path for path in sorted(_MIGRATIONS.glob("[0-9]*.sql"))}
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
