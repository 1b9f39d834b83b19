"""The one door to DuckDB: connections, queries that leave as plain values, and what a statement reads."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb

from msp_audit.domain import Rows
from msp_audit.errors import StoreError
from msp_audit.store.placeholders import LISTS, placeholder_values

_HERE = Path(__file__).parent
Params = Mapping[str, Any]
#: Brackets within brackets that no query needs.
MAX_NESTING = 200
#: Characters of what DuckDB says that a message repeats.
MAX_COMPLAINT = 500
_BRACKET = re.compile(r"[\[({})\]]")
#: Our own table functions that are given relations by name.
BY_NAME = frozenset({"configuration_matches", "computer_matches"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What a statement is and touches, found by parsing it, without running it."""

    is_single_select: bool
    #: ``schema.relation`` names, common table expressions left out.
    relations: frozenset[str]
    params: frozenset[str]


class QueryFailed(Exception):
    """DuckDB refused or failed a statement; callers turn it into the error of their own remedy."""


class QueryTimeout(QueryFailed):
    """The statement ran longer than it may."""


class Database:
    """One DuckDB connection with our macros, our time zone and plain Python values at its edges."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._parameters: dict[str, frozenset[str]] = {}

    @classmethod
    def open(
        cls,
        path: Path | None,
        *,
        memory_limit: str = "2GB",
        read_only: bool = False,
        threads: int | None = None,
    ) -> Self:
        """Open *path*, or a database in memory; *threads* defaults to one a core.

        Raises:
            StoreError: another process holds the file, it is damaged, newer, or cannot be written.
        """
        target = ":memory:" if path is None else str(path)
        config: dict[str, str | bool | int | float | list[str]] = {"memory_limit": memory_limit}
        if threads is not None:
            config["threads"] = threads
        try:
            connection = duckdb.connect(target, read_only=read_only, config=config)
        except duckdb.Error as error:
            raise StoreError(_cannot_open(path, error)) from error
        connection.execute("set timezone = 'UTC'")
        connection.execute("set autoinstall_known_extensions = false")
        connection.execute("set preserve_insertion_order = false")
        # Inside Jupyter without ipywidgets DuckDB refuses even to switch its bar off; there it has none.
        with suppress(duckdb.InvalidInputException):
            connection.execute("set enable_progress_bar = false")
        return cls(connection)

    def attach(self, path: Path, *, alias: str) -> None:
        """Attach the database file *path*, read only.

        Raises:
            StoreError: somebody is writing it, it is damaged or newer.
        """
        try:
            self._connection.execute(f"attach {text_literal(str(path))} as {quoted(alias)} (read_only)")
        except duckdb.Error as error:
            raise StoreError(_cannot_open(path, error)) from error

    def close(self) -> None:
        """Close the connection; safe to call twice."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The bare connection, for the other modules of this package."""
        return self._connection

    def execute(self, sql: str, params: Params | None = None) -> None:
        """Run statements whose result nobody needs."""
        self._run(sql, params)

    def query(self, sql: str, params: Params | None = None) -> Rows:
        """Run one statement and fetch everything; parameters that it does not name are left out."""
        cursor = self._run(sql, params)
        description = cursor.description or []
        return Rows(
            columns=tuple(str(column[0]) for column in description),
            types=tuple(str(column[1]) for column in description),
            rows=tuple(cursor.fetchall()),
        )

    def batches(self, sql: str, params: Params | None = None, *, size: int = 2_000) -> Iterator[Rows]:
        """Run one statement and fetch *size* rows at a time, at least once; ask nothing else meanwhile."""
        cursor = self._run(sql, params)
        description = cursor.description or []
        columns = tuple(str(column[0]) for column in description)
        types = tuple(str(column[1]) for column in description)
        while True:
            try:
                fetched = cursor.fetchmany(size)
            except duckdb.Error as error:
                raise QueryFailed(str(error)) from error
            yield Rows(columns=columns, types=types, rows=tuple(fetched))
            if len(fetched) < size:
                return

    def query_at_most(self, count: int, sql: str, params: Params | None = None) -> tuple[Rows, bool]:
        """The first *count* rows of one statement, and whether there are more; the rest is never fetched."""
        cursor = self._run(sql, params)
        description = cursor.description or []
        try:
            fetched = cursor.fetchmany(count + 1)
        except (duckdb.Error, RuntimeError) as error:
            if "INTERRUPT" in str(error).upper():
                raise QueryTimeout("took longer than it may") from error
            raise QueryFailed(str(error)) from error
        rows = Rows(
            columns=tuple(str(column[0]) for column in description),
            types=tuple(str(column[1]) for column in description),
            rows=tuple(fetched[:count]),
        )
        return rows, len(fetched) > count

    def insert_rows(self, table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
        """Append *rows* to *table* with one statement; *columns* gives their names and types, in order."""
        if not rows:
            return
        names = list(columns)
        lists = ", ".join(f"unnest(${name}::{kind}[])" for name, kind in columns.items())
        self._run(
            f"insert into {table} ({', '.join(map(quoted, names))}) select {lists}",
            {name: [row[place] for row in rows] for place, name in enumerate(names)},
        )

    def _run(self, sql: str, params: Params | None) -> duckdb.DuckDBPyConnection:
        try:
            if params is None:
                return self._connection.execute(sql)
            named = self._named(sql)
            return self._connection.execute(sql, {name: params[name] for name in named if name in params})
        except duckdb.InterruptException as error:
            raise QueryTimeout("took longer than it may") from error
        except duckdb.Error as error:
            raise QueryFailed(str(error)) from error
        except RuntimeError as error:
            # DuckDB answers an interrupt during some phases with a bare RuntimeError.
            if "INTERRUPT" in str(error).upper():
                raise QueryTimeout("took longer than it may") from error
            raise

    def _named(self, sql: str) -> frozenset[str]:
        known = self._parameters.get(sql)
        if known is None:
            statements = self._connection.extract_statements(sql)
            known = frozenset().union(*(statement.named_parameters for statement in statements))
            self._parameters[sql] = known
        return known

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing."""
        self.execute("begin transaction")
        try:
            yield
        except BaseException:
            # DuckDB may have ended it already (out of room or memory); the cause is what counts.
            with suppress(duckdb.Error):
                self._connection.execute("rollback")
            raise
        self.execute("commit")

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[None]:
        """Interrupt whatever runs inside after *seconds*; it then raises :class:`QueryTimeout`."""
        timer = threading.Timer(seconds, self._connection.interrupt)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def has_relation(self, name: str) -> bool:
        """Whether ``schema.relation`` exists as a table or view."""
        schema, _, relation = name.rpartition(".")
        found = self.query(
            "select 1 from duckdb_tables() where schema_name = $schema and table_name = $relation"
            " and database_name = current_database()"
            " union all select 1 from duckdb_views() where schema_name = $schema and view_name = $relation"
            " and database_name = current_database()",
            {"schema": schema or "main", "relation": relation},
        )
        return len(found) > 0


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    """A database for parsing; opening one for each statement would take longer than all the parsing."""
    return duckdb.connect(":memory:", config={"threads": 1})


def syntax_tree(sql: str) -> dict[str, Any]:
    """DuckDB's own reading of *sql*; has a member ``error`` when it does not parse."""
    if _is_nested_beyond_reason(sql):
        return {"error": True, "error_message": f"its brackets are nested more than {MAX_NESTING} deep"}
    with _parser().cursor() as parser:
        found = parser.execute("select json_serialize_sql($1::varchar)", [sql]).fetchone()
    try:
        tree: dict[str, Any] = json.loads(found[0]) if found else {}
    except RecursionError:
        # A chain of some hundred operators, each of which DuckDB nests in the next.
        return {"error": True, "error_message": "its operators are nested too deeply"}
    return tree


@lru_cache(maxsize=512)
def inspect(sql: str) -> Inspection:
    """Parse *sql*, without a catalogue: relations and functions need not exist.

    Raises:
        QueryFailed: it does not parse; the message says where.
    """
    tree = syntax_tree(sql)
    if tree.get("error"):
        if tree.get("error_type") == "not implemented":
            return Inspection(is_single_select=False, relations=frozenset(), params=frozenset())
        raise QueryFailed(_where(sql, tree))
    nodes = list(nodes_of(tree))
    common = {entry["key"] for node in nodes for entry in (node.get("cte_map") or {}).get("map", ())}
    relations = {
        f"{node['schema_name']}.{node['table_name']}" if node["schema_name"] else str(node["table_name"])
        for node in nodes
        if node.get("type") == "BASE_TABLE" and (node["schema_name"] or node["table_name"] not in common)
    }
    return Inspection(
        is_single_select=len(tree["statements"]) == 1,
        relations=frozenset(relations | _named_relations(nodes)),
        params=frozenset(str(node["identifier"]) for node in nodes if node.get("class") == "PARAMETER"),
    )


def _named_relations(nodes: Sequence[Mapping[str, Any]]) -> set[str]:
    """Relations that one of our own table functions is given by name."""
    calls = [
        node["function"]
        for node in nodes
        if node.get("type") == "TABLE_FUNCTION" and node["function"]["function_name"] in BY_NAME
    ]
    texts = [
        (argument.get("expression") or {}).get("literal", {}).get("text", "")
        for call in calls
        for argument in call["arguments"]
    ]
    return {text for text in texts if "." in text}


def nodes_of(tree: object) -> Iterator[dict[str, Any]]:
    """Every object of a syntax tree."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def _is_nested_beyond_reason(sql: str) -> bool:
    """DuckDB's parser takes ten seconds for 3,000 open brackets, and its process for 60,000."""
    if sql.count("(") + sql.count("[") + sql.count("{") <= MAX_NESTING:
        return False
    depth = deepest = 0
    for bracket in _BRACKET.findall(sql):
        depth = depth + 1 if bracket in "([{" else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest > MAX_NESTING


def _where(sql: str, error: Mapping[str, Any]) -> str:
    message = str(error.get("error_message", "it does not parse"))
    # It quotes the word that it does not understand, however long that is.
    if len(message) > MAX_COMPLAINT:
        message = f"{message[:MAX_COMPLAINT]}…"
    if "position" not in error:
        return message
    line = sql.encode()[: int(error["position"])].count(b"\n") + 1
    return f"{message} (line {line} of the query)"


def install_macros(database: Database, *, workspace: Path | None = None) -> None:
    """Create the shared functions and the lists of values that identify nothing in ``main``."""
    for table, values in placeholder_values(workspace).items():
        database.execute(f"create or replace table {table} (value varchar)")
        database.execute(f"insert into {table} select unnest($1::varchar[])", {"1": list(values)})
    database.execute(_macros())


def macros_digest(database: Database) -> str:
    """Changes when a shared function or a list that it consults does."""
    lists = [database.query(f"select value from {table} order by value").rows for table in LISTS]
    return hashlib.sha256(repr((_macros(), lists)).encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def _macros() -> str:
    return "\n".join((_HERE / name).read_text(encoding="utf-8") for name in ("macros.sql", "matching.sql"))


def quoted(name: str) -> str:
    """An identifier, quoted."""
    return '"' + name.replace('"', '""') + '"'


def dotted(name: str) -> str:
    """``schema.relation``, or a column behind it, each part quoted."""
    return ".".join(map(quoted, name.split(".")))


def text_literal(value: str) -> str:
    """A string literal, quoted; for statements that take no parameters, such as comments."""
    return "'" + value.replace("'", "''") + "'"


def comment_all(
    database: Database, tables: Sequence[tuple[str, str]], columns: Sequence[tuple[str, str]]
) -> None:
    """Comment on tables and columns, ``(name, text)`` each, with one call."""
    statements = [
        f"comment on {kind} {dotted(name)} is {text_literal(text)}"
        for kind, listed in (("table", tables), ("column", columns))
        for name, text in listed
    ]
    if statements:
        database.execute("; ".join(statements))


def _cannot_open(path: Path | None, error: duckdb.Error) -> str:
    text = str(error)
    if "lock" in text.lower():
        return (
            f"{path} is held by another process (a run that is still going on, or a program that opened the"
            f" private store). Wait for it to end, or open the published copy instead. DuckDB says: {text}"
        )
    if "serialization version" in text.lower() or "newer version" in text.lower():
        return f"{path} was written by a newer DuckDB. Upgrade this program. DuckDB says: {text}"
    return f"{path} cannot be opened: {text}"
