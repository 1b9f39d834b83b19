"""Which statements use a member of a source's records: for lists that lack a column on this server."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from msp_audit.store.database import (
    BY_NAME,
    Database,
    Params,
    QueryFailed,
    dotted,
    nodes_of,
    quoted,
    syntax_tree,
)
from msp_audit.store.store import empty_relations
from msp_audit.store.views import View, Views


class Lineage:
    """Empty relations without what one missing member would have filled; a statement that needs it fails.

    In doubt a column counts as filled by the member: what selects, joins or groups rows touches every column.
    """

    def __init__(self, views: Views) -> None:
        self._views = views
        self._whole: Database | None = None
        self._lacking: dict[tuple[str, str, str], Database] = {}

    def uses(self, sql: str, params: Params, *, source: str, resource: str, member: str) -> bool:
        """Whether *sql* reads anything that comes from *member* of the records of *resource*.

        A statement that does not run on whole relations either is not this module's business: false.
        """
        name = (source, resource, member)
        if name not in self._lacking:
            self._lacking[name] = self._without(source, resource, member)
        if _runs(self._lacking[name], sql, params):
            return False
        self._whole = self._whole or empty_relations(self._views)
        return _runs(self._whole, sql, params)

    def _without(self, source: str, resource: str, member: str) -> Database:
        database = empty_relations(self._views)
        #: Relation -> its columns that are gone.
        gone: dict[str, frozenset[str]] = {}
        wholly: set[str] = set()
        for view in self._views.ordered:
            names = {member} if (source, resource) in view.landed else set()
            names |= {column for name in view.reads for column in gone.get(name, ())}
            columns = _columns(database, view)
            lost: frozenset[str] | None = frozenset()
            if names:
                lost = filled_by(view.file.sql, names=names)
            if view.reads & wholly:
                lost = None
            if lost is None or lost >= columns:
                lost = columns
                wholly.add(view.name)
                database.execute(f"drop table {dotted(view.name)}")
            else:
                for column in sorted(lost & columns):
                    database.execute(f"alter table {dotted(view.name)} drop column {quoted(column)}")
            if lost:
                gone[view.name] = lost
        return database


def filled_by(sql: str, *, names: Collection[str]) -> frozenset[str] | None:
    """The columns of the select *sql* whose expression mentions one of *names*; None for all of them."""
    wanted = {name.lower() for name in names}
    node = syntax_tree(sql)["statements"][0]["node"]
    if node["type"] != "SELECT_NODE":
        return None if _mentions(node, wanted) else frozenset()
    if any(name in BY_NAME for name in _table_functions(node)):
        # What such a function reads of the relation that it is given cannot be seen from here.
        return None
    if _mentions({key: value for key, value in node.items() if key != "select_list"}, wanted):
        return None
    return frozenset(_output_name(entry) for entry in node["select_list"] if _mentions(entry, wanted))


def _mentions(tree: object, names: Collection[str]) -> bool:
    return any(text in names for text in _texts(tree))


def _texts(tree: object) -> Iterator[str]:
    """Names of columns, and constants that may be a member of a record (``payload ->> 'ClientID'``)."""
    for node in nodes_of(tree):
        if node.get("class") == "COLUMN_REF":
            yield str(node["column_names"][-1]).lower()
        elif node.get("class") == "CONSTANT":
            yield str(node.get("value", {}).get("value")).lower().removeprefix("$.")


def _table_functions(tree: object) -> Iterator[str]:
    return (
        str(node["function"]["function_name"])
        for node in nodes_of(tree)
        if node.get("type") == "TABLE_FUNCTION"
    )


def _output_name(entry: Mapping[str, Any]) -> str:
    return str(entry["alias"] or entry.get("column_names", [""])[-1])


def _columns(database: Database, view: View) -> frozenset[str]:
    found = database.query(f"select * from {dotted(view.name)} limit 0")
    return frozenset(found.columns)


def _runs(database: Database, sql: str, params: Params) -> bool:
    try:
        database.query(f"explain {sql}", params)
    except QueryFailed:
        return False
    return True
