"""Makes the typed tables from the history: which depend on which, in what order, with their comments."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property, reduce
from pathlib import Path

from msp_audit.errors import RuleError, StoreError
from msp_audit.sqlfile import SqlFile, read_sql_file
from msp_audit.store.database import (
    Database,
    QueryFailed,
    comment_all,
    dotted,
    inspect,
    macros_digest,
    quoted,
)
from msp_audit.store.modest import modest
from msp_audit.store.parts import Needs, ResourceName, lacking, parts_of

CORE_FOLDER = Path(__file__).parent / "core"
#: ``landing.devices`` is the list as it is now; ``landing.devices_history`` every state of it that is kept.
HISTORY = "_history"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One view file: the typed relation it makes and what it reads."""

    #: ``psa.companies``.
    name: str
    schema: str
    file: SqlFile
    reads: frozenset[str]
    #: Source -> those of the relations read that are empty where that source is not there.
    parts: Mapping[str, tuple[str, ...]]

    @property
    def landed(self) -> frozenset[ResourceName]:
        """Resources read directly, as they are now or with their history."""
        return frozenset(
            (self.schema, name.removeprefix("landing.").removesuffix(HISTORY))
            for name in self.reads
            if name.startswith("landing.")
        )

    @property
    def typed(self) -> tuple[str, ...]:
        """Typed relations read, in order of name."""
        return tuple(sorted(name for name in self.reads if "." in name and not name.startswith("landing.")))

    @property
    def digest(self) -> str:
        """Changes when the file does."""
        text = f"{self.name}\n{self.file.header}\n{self.file.sql}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]


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

    def resources_of(self, relation: str) -> frozenset[ResourceName]:
        """Every resource that *relation* is made of, through all views; empty for what is no view."""
        return self.needs_of(relation).everything

    def needs_of(self, relation: str) -> Needs:
        """The same, those of each part apart."""
        view = self._by_name.get(relation)
        if view is None:
            return Needs()
        found = Needs(common=view.landed)
        in_parts = {name for relations in view.parts.values() for name in relations}
        for needed in view.reads - in_parts:
            found = found.together(self.needs_of(needed))
        for source, relations in view.parts.items():
            part = reduce(Needs.together, (self.needs_of(name) for name in relations), Needs())
            found = found.together(part.as_part(source))
        return found

    def __contains__(self, relation: str) -> bool:
        return relation in self._by_name

    def materialise(self, database: Database, *, pile_bytes: int | None = None) -> tuple[str, ...]:
        """(Re)make the typed tables whose resources or view changed, drop those without; names of the remade.

        Of a store that holds *pile_bytes* the tables of one source are made in little memory.

        Raises:
            StoreError: a view does not run; names its file.
        """
        with database.transaction():
            landed = _landed(database)
            wanted = self._wanted(database, landed)
            known = dict(database.query("select relation, made_from from audit.materialised").rows)
            stale = [view for view in self.ordered if wanted.get(view.name, "") != known.get(view.name, "")]
            if not stale:
                return ()
            for schema in sorted({view.schema for view in stale}):
                database.execute(f"create schema if not exists {quoted(schema)}")
            for schema in sorted({view.schema for view in stale}, key=lambda name: name == "core"):
                # A join of several sources that may keep little in memory does not end; one source has none.
                is_free = pile_bytes is None or (schema == "core" and len(landed) > 1)
                with nullcontext() if is_free else modest(database, pile_bytes=pile_bytes or 0):
                    _expose(database, landed.get(schema, ()), schema)
                    for view in stale:
                        if view.schema == schema and view.name in wanted:
                            self._make_over_gaps(database, view, lacking(view.parts, made=wanted))
                    database.execute("drop schema if exists landing cascade")
            for view in stale:
                if view.name not in wanted:
                    database.execute(f"drop table if exists {dotted(view.name)}")
            _note_made(database, stale, wanted)
        return tuple(view.name for view in stale if view.name in wanted)

    def _wanted(self, database: Database, landed: Mapping[str, Sequence[str]]) -> dict[str, str]:
        """Relation to a digest of all that it is made of, for the relations that can be made."""
        changed = {
            (source, resource): snapshot_id
            for source, resource, snapshot_id in database.query(
                "select source, resource, max(snapshot_id) filter (is_changed is not false)"
                " from audit.resource_readings group by source, resource"
            )
        }
        functions = macros_digest(database)
        wanted: dict[str, str] = {}
        for view in self.ordered:
            if self._can_be_made(view, landed, wanted):
                facts = [
                    functions,
                    view.digest,
                    *(f"{name} {changed.get(name)}" for name in sorted(view.landed)),
                    *(f"{name} {wanted[name]}" for name in view.typed if name in wanted),
                    *sorted(lacking(view.parts, made=wanted)),
                ]
                wanted[view.name] = hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]
        return wanted

    def _can_be_made(self, view: View, landed: Mapping[str, Sequence[str]], made: Collection[str]) -> bool:
        resources = all(resource in landed.get(schema, ()) for schema, resource in view.landed)
        lacked = lacking(view.parts, made=made)
        is_whole_part = not view.parts or any(set(part) <= set(made) for part in view.parts.values())
        return resources and is_whole_part and all(name in made or name in lacked for name in view.typed)

    def closure(self, relations: Iterable[str]) -> tuple[View, ...]:
        """The views behind *relations*, dependencies first."""
        done: dict[str, View] = {}
        for name in sorted(relations):
            self._visit(name, done, trail=())
        return tuple(done.values())

    def make_as_of(
        self, database: Database, relations: Iterable[str], *, catalog: str, snapshot_id: int
    ) -> None:
        """Make *relations*, and what they need, from the history in *catalog* as *snapshot_id* left it.

        Those that had not been read by then are not made.
        """
        landed = _landed(database, catalog=catalog, snapshot_id=snapshot_id)
        made: set[str] = set()
        views = self.closure(relations)
        for schema in sorted({view.schema for view in views}, key=lambda name: name == "core"):
            database.execute(f"create schema if not exists {quoted(schema)}")
            _expose(database, landed.get(schema, ()), schema, catalog=catalog, snapshot_id=snapshot_id)
            for view in views:
                if view.schema == schema and self._can_be_made(view, landed, made):
                    if not database.has_relation(view.name):
                        self._make_over_gaps(database, view, lacking(view.parts, made=made))
                    made.add(view.name)
            database.execute("drop schema if exists landing cascade")

    def _make_over_gaps(self, database: Database, view: View, lacked: Collection[str]) -> None:
        """Make *view* while the relations of the parts that are *lacked* stand there empty."""
        placeholders = [one for one in self.closure(lacked) if not database.has_relation(one.name)]
        for placeholder in placeholders:
            database.execute(f"create schema if not exists {quoted(placeholder.schema)}")
            _make_landing(database, placeholder)
            _make(database, placeholder)
        _make(database, view)
        for placeholder in reversed(placeholders):
            database.execute(f"drop table {dotted(placeholder.name)}")

    def make_empty(self, database: Database) -> None:
        """Every typed table without a row, for tests of rules and for editors."""
        for view in self._by_name.values():
            database.execute(f"create schema if not exists {quoted(view.schema)}")
        for schema in sorted({view.schema for view in self._by_name.values()}, key=lambda s: s == "core"):
            database.execute("create schema if not exists landing")
            for view in self.ordered:
                if view.schema == schema:
                    _make_landing(database, view)
                    _make(database, view)
            database.execute("drop schema if exists landing cascade")


def _view(schema: str, path: Path, folder: Path) -> View:
    file = read_sql_file(path, root=folder)
    try:
        inspection = inspect(file.sql)
    except QueryFailed as error:
        raise RuleError(f"{path}:{file.first_line}: the view does not parse: {error}") from error
    parts = parts_of(file, reads=inspection.relations)
    return View(
        name=f"{schema}.{file.name}", schema=schema, file=file, reads=inspection.relations, parts=parts
    )


def _make_landing(database: Database, view: View) -> None:
    for _, resource in sorted(view.landed):
        database.execute(
            f"create table if not exists landing.{quoted(resource)} (key varchar, payload json);"
            f"create table if not exists landing.{quoted(resource + HISTORY)}"
            " (key varchar, payload json, from_at timestamp, to_at timestamp)"
        )


def _landed(
    database: Database, *, catalog: str | None = None, snapshot_id: int | None = None
) -> dict[str, tuple[str, ...]]:
    """Resources by source, of which a list (even an empty one) was ever kept."""
    names = database.query(
        "select table_name from duckdb_tables() where schema_name = 'history'"
        " and database_name = coalesce($catalog, current_database()) order by table_name",
        {"catalog": catalog},
    )
    landed: dict[str, tuple[str, ...]] = {}
    for (name,) in names:
        source, _, resource = str(name).partition("__")
        if snapshot_id is None or _was_read(database, catalog, source, resource, snapshot_id):
            landed[source] = (*landed.get(source, ()), resource)
    return landed


def _was_read(database: Database, catalog: str | None, source: str, resource: str, snapshot_id: int) -> bool:
    found = database.query(
        f"select 1 from {quoted(catalog or 'main')}.audit.resource_readings as readings"
        " where readings.source = $source and readings.resource = $resource"
        " and readings.snapshot_id <= $snapshot_id"
        " and readings.verdict in ('complete', 'partial', 'shrunk', 'stale') limit 1",
        {"source": source, "resource": resource, "snapshot_id": snapshot_id},
    )
    return len(found) > 0


def _expose(
    database: Database,
    resources: Sequence[str],
    source: str,
    *,
    catalog: str | None = None,
    snapshot_id: int | None = None,
) -> None:
    current = (
        "valid_to is null"
        if snapshot_id is None
        else f"valid_from <= {snapshot_id} and (valid_to is null or valid_to > {snapshot_id})"
    )
    prefix = f"{quoted(catalog)}." if catalog else ""
    views = [
        f"create view landing.{quoted(resource)} as select key, payload"
        f" from {prefix}history.{quoted(f'{source}__{resource}')} where {current}"
        for resource in resources
    ]
    views += [
        f"create view landing.{quoted(resource + HISTORY)} as"
        f" {_history(prefix, quoted(f'{source}__{resource}'), snapshot_id)}"
        for resource in resources
    ]
    database.execute("; ".join(("drop schema if exists landing cascade", "create schema landing", *views)))


def _history(prefix: str, table: str, snapshot_id: int | None) -> str:
    """Every kept state of a list's records: when it was first read so, and when first no longer."""
    known = "true" if snapshot_id is None else f"states.valid_from <= {snapshot_id}"
    ended = "true" if snapshot_id is None else f"states.valid_to <= {snapshot_id}"
    return (
        "select states.key, states.payload, begun.read_at as from_at, ended.read_at as to_at"
        f" from {prefix}history.{table} as states"
        f" join {prefix}audit.snapshots as begun on states.valid_from = begun.snapshot_id"
        f" left join {prefix}audit.snapshots as ended on states.valid_to = ended.snapshot_id and {ended}"
        f" where {known}"
    )


def _note_made(database: Database, views: Sequence[View], wanted: Mapping[str, str]) -> None:
    database.execute(
        "delete from audit.materialised where relation in (select unnest($names::varchar[]))",
        {"names": [view.name for view in views]},
    )
    rows = [(view.name, wanted[view.name]) for view in views if view.name in wanted]
    database.insert_rows("audit.materialised", {"relation": "varchar", "made_from": "varchar"}, rows)


def _make(database: Database, view: View) -> None:
    name = dotted(view.name)
    try:
        database.execute(f"create or replace table {name} as {view.file.sql}")
    except QueryFailed as error:
        raise StoreError(f"{view.file.path}: the view does not run: {error}") from error
    header = view.file.header
    described = [(f"{view.name}.{column}", str(text)) for column, text in header.get("columns", {}).items()]
    try:
        comment_all(database, [(view.name, str(header.get("grain", "")))], described)
    except QueryFailed as error:
        raise StoreError(f"{view.file.path}: describes a column which it has not. {error}") from error
