"""Makes the typed tables from the history: which depend on which, in what order, with their comments."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from msp_audit.errors import RuleError, StoreError
from msp_audit.sqlfile import SqlFile, read_sql_file
from msp_audit.store.database import Database, QueryFailed, comment_on, inspect, quoted

#: One resource of one source, as ``(source, resource)``.
ResourceName = tuple[str, str]
CORE_FOLDER = Path(__file__).parent / "core"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One view file: the typed relation it makes and what it reads."""

    #: ``psa.companies``.
    name: str
    schema: str
    file: SqlFile
    reads: frozenset[str]

    @property
    def landed(self) -> frozenset[ResourceName]:
        """Resources read directly."""
        return frozenset(
            (self.schema, name.removeprefix("landing.")) for name in self.reads if name.startswith("landing.")
        )


class Views:
    """All typed relations of the sources in hand, ordered so that each follows what it reads."""

    def __init__(self, views: Iterable[View]) -> None:
        self._by_name = {view.name: view for view in views}

    @classmethod
    def load(cls, folders: Mapping[str, Path]) -> Views:
        """Read the view files of each schema's folder; ``core`` is added.

        Raises:
            RuleError: a file is broken, or two views read each other.
        """
        return cls(
            _view(schema, path, folder)
            for schema, folder in {**folders, "core": CORE_FOLDER}.items()
            for path in sorted(folder.glob("*.sql"))
        )

    @cached_property
    def ordered(self) -> tuple[View, ...]:
        """Dependencies first."""
        done: dict[str, View] = {}
        for name in sorted(self._by_name):
            self._visit(name, done, trail=())
        return tuple(done.values())

    def _visit(self, name: str, done: dict[str, View], trail: tuple[str, ...]) -> None:
        if name in done or name not in self._by_name:
            return
        if name in trail:
            raise RuleError(f"These views read each other: {' -> '.join((*trail, name))}.")
        view = self._by_name[name]
        for needed in sorted(view.reads):
            self._visit(needed, done, (*trail, name))
        done[name] = view

    @cached_property
    def digest(self) -> str:
        """Changes when any view does."""
        texts = (f"{view.name}\n{view.file.header}\n{view.file.sql}" for view in self.ordered)
        return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]

    def resources_of(self, relation: str) -> frozenset[ResourceName]:
        """Every resource that *relation* is made of, through all views; empty for what is no view."""
        view = self._by_name.get(relation)
        if view is None:
            return frozenset()
        found = set(view.landed)
        for needed in view.reads:
            found |= self.resources_of(needed)
        return frozenset(found)

    def __contains__(self, relation: str) -> bool:
        return relation in self._by_name

    def materialise(self, database: Database, *, as_of_snapshot: int | None = None) -> None:
        """(Re)make every typed table whose resources have ever been read; drop the others.

        Raises:
            StoreError: a view does not run; names its file.
        """
        with database.transaction():
            landed = _landed(database)
            for schema in sorted({view.schema for view in self._by_name.values()}):
                database.execute(f"create schema if not exists {quoted(schema)}")
            made: set[str] = set()
            for schema in sorted({view.schema for view in self._by_name.values()}, key=lambda s: s == "core"):
                _expose(database, landed.get(schema, ()), schema, as_of_snapshot)
                for view in self.ordered:
                    if view.schema == schema and self._can_be_made(view, landed, made):
                        _make(database, view)
                        made.add(view.name)
                database.execute("drop schema if exists landing cascade")
            for view in self._by_name.values():
                if view.name not in made:
                    database.execute(f"drop table if exists {_sql_name(view.name)}")

    def _can_be_made(self, view: View, landed: Mapping[str, Sequence[str]], made: set[str]) -> bool:
        resources = all(resource in landed.get(schema, ()) for schema, resource in view.landed)
        typed = (name for name in view.reads if "." in name and not name.startswith("landing."))
        return resources and all(name in made for name in typed)

    def make_empty(self, database: Database) -> None:
        """Every typed table without a row, for tests of rules and for editors."""
        for view in self._by_name.values():
            database.execute(f"create schema if not exists {quoted(view.schema)}")
        for schema in sorted({view.schema for view in self._by_name.values()}, key=lambda s: s == "core"):
            database.execute("create schema if not exists landing")
            for view in self.ordered:
                if view.schema == schema:
                    for _, resource in sorted(view.landed):
                        database.execute(
                            f"create table if not exists landing.{quoted(resource)}"
                            " (key varchar, payload json)"
                        )
                    _make(database, view)
            database.execute("drop schema if exists landing cascade")


def _view(schema: str, path: Path, folder: Path) -> View:
    file = read_sql_file(path, root=folder)
    try:
        inspection = inspect(file.sql)
    except QueryFailed as error:
        raise RuleError(f"{path}:{file.first_line}: the view does not parse: {error}") from error
    return View(name=f"{schema}.{file.name}", schema=schema, file=file, reads=inspection.relations)


def _landed(database: Database) -> dict[str, tuple[str, ...]]:
    names = database.query("select table_name from duckdb_tables() where schema_name = 'history'")
    landed: dict[str, tuple[str, ...]] = {}
    for (name,) in names:
        source, _, resource = str(name).partition("__")
        landed[source] = (*landed.get(source, ()), resource)
    return landed


def _expose(database: Database, resources: Sequence[str], source: str, snapshot: int | None) -> None:
    database.execute("drop schema if exists landing cascade")
    database.execute("create schema landing")
    current = (
        "valid_to is null"
        if snapshot is None
        else f"valid_from <= {snapshot} and (valid_to is null or valid_to > {snapshot})"
    )
    for resource in resources:
        database.execute(
            f"create view landing.{quoted(resource)} as select key, payload"
            f" from history.{quoted(f'{source}__{resource}')} where {current}"
        )


def _make(database: Database, view: View) -> None:
    name = _sql_name(view.name)
    try:
        database.execute(f"create or replace table {name} as {view.file.sql}")
    except QueryFailed as error:
        raise StoreError(f"{view.file.path}: the view does not run: {error}") from error
    header = view.file.header
    comment_on(database, "table", view.name, str(header.get("grain", "")))
    for column, text in header.get("columns", {}).items():
        try:
            comment_on(database, "column", f"{view.name}.{column}", str(text))
        except QueryFailed as error:
            raise StoreError(
                f"{view.file.path}: describes the column {column!r}, which it has not."
            ) from error


def _sql_name(name: str) -> str:
    return ".".join(quoted(part) for part in name.split("."))
