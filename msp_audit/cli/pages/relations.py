"""The published database as pages: each relation with grain, columns, meaning, and what it is made of."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import groupby
from pathlib import Path

from msp_audit.cli.pages.lineage import Origins, origins
from msp_audit.cli.pages.markdown import anchor, link, page, table, word
from msp_audit.connectors import CONNECTORS, views_folder_of
from msp_audit.store import Database, Store, Views, empty_relations
from msp_audit.store.views import View

#: In the order in which people meet them.
SCHEMAS = {
    "psa": "ConnectWise PSA: companies, sites, configurations, boards, agreements and their setup tables.",
    "automate": "ConnectWise Automate: clients, locations, computers, and what its PSA plugin maps.",
    "auvik": "Auvik: tenants, devices, and what the settings declare of its inventory sync.",
    "ninjaone": "NinjaOne: organisations, locations, devices, their hardware and MAC addresses.",
    "files": "Other monitoring tools, read from files: organisations, sites, assets and their addresses.",
    "core": "What stands for the same thing in two sources, with the evidence.",
    "audit": "The ledger: runs, rules, findings and their history. It is this program's own.",
}
#: Bookkeeping of the store that no reader needs.
_INTERNAL = frozenset({"audit.kept_from", "audit.materialised", "audit.migrations", "audit.store_facts"})
_COLUMNS = """
select
    columns.schema_name || '.' || columns.table_name as relation,
    columns.column_name,
    columns.data_type,
    coalesce(columns.comment, '') as meaning,
    coalesce(tables.comment, '') as grain
from duckdb_columns() as columns
inner join duckdb_tables() as tables
    on
        columns.schema_name = tables.schema_name
        and columns.table_name = tables.table_name
        and columns.database_name = tables.database_name
where columns.schema_name = $schema
order by columns.table_name, columns.column_index
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column as the database has it."""

    relation: str
    name: str
    kind: str
    meaning: str
    grain: str


def relation_pages() -> Iterator[tuple[str, str]]:
    """Name below ``docs/`` and text of each page."""
    views = {
        view.name: view for view in Views.load({name: views_folder_of(name) for name in CONNECTORS}).ordered
    }
    columns = published_columns()
    yield "schema/index.md", _index(columns)
    with empty_relations() as parser:
        for schema, text in SCHEMAS.items():
            blocks = [text]
            for name, members in _by_relation(columns[schema]):
                blocks.append(_relation(name, members, views.get(name), parser))
            yield f"schema/{schema}.md", page(f"Relations of {schema}", *blocks)


def published_columns() -> Mapping[str, Sequence[Column]]:
    """Schema to its columns, of a database that nobody has read anything into yet."""
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder), in_memory=True) as store:
        ledger = _columns(store.database, "audit")
    with empty_relations() as database:
        typed = {schema: _columns(database, schema) for schema in SCHEMAS if schema != "audit"}
    return {**typed, "audit": ledger}


def _columns(database: Database, schema: str) -> list[Column]:
    return [
        Column(relation=relation, name=name, kind=kind, meaning=meaning, grain=grain)
        for relation, name, kind, meaning, grain in database.query(_COLUMNS, {"schema": schema})
        if relation not in _INTERNAL
    ]


def _by_relation(columns: Sequence[Column]) -> Iterator[tuple[str, list[Column]]]:
    for name, members in groupby(columns, key=lambda column: column.relation):
        yield name, list(members)


def _index(columns: Mapping[str, Sequence[Column]]) -> str:
    blocks = [
        "What `msp-audit.duckdb` holds; any program that opens DuckDB files may read it. The texts below are "
        "in the database too, as comments on tables and columns. A name ending in `_at` is a time in UTC, "
        "in `_on` a day, in `_id` an identifier; one that begins with `is_` or `has_` is a truth value.",
        "Under *from* stands what a column is made of, read off the query that makes it: the path in the "
        "record as the source's API or exported table gives it, or columns of other relations. Followed "
        "back, it ends at fields of the source.",
    ]
    for schema, text in SCHEMAS.items():
        rows = [
            (link(word(name), f"{schema}.md#{anchor(name)}"), members[0].grain)
            for name, members in _by_relation(columns[schema])
        ]
        blocks.append(f"## {schema}\n\n{text}\n\n{table(('relation', 'holds'), rows)}")
    return page("Relations", *blocks)


def _relation(name: str, columns: Sequence[Column], view: View | None, parser: Database) -> str:
    made_of = origins(view.file.sql, parser) if view else {}
    headings = ("column", "type", "meaning", "from") if made_of else ("column", "type", "meaning")
    rows = [
        (word(column.name), column.kind, column.meaning, _from(made_of.get(column.name, ())))[: len(headings)]
        for column in columns
    ]
    grain = columns[0].grain
    said = f"{grain[:1].upper()}{grain[1:]}." if grain else ""
    made = f" {_made_of(view)}" if view else ""
    return f"## {name}\n\n{said}{made}\n\n{table(headings, rows)}"


def _from(made_of: Origins) -> str:
    return ", ".join(item if " " in item else word(item) for item in made_of)


def _made_of(view: View) -> str:
    landed = ", ".join(_list(source, resource) for source, resource in sorted(view.landed))
    typed = ", ".join(
        link(word(name), f"{name.partition('.')[0]}.md#{anchor(name)}")
        for name in sorted(view.reads)
        if not name.startswith("landing.")
    )
    return f"Made of {' and '.join(part for part in (landed, typed) if part)}."


def _list(source: str, resource: str) -> str:
    module, _, name = CONNECTORS[source].partition(":")
    known = {item.name: item.path for item in getattr(import_module(module), name).resources}
    path = known.get(resource, "")
    return f"the list {word(resource)}" + (f" ({word(path)})" if path else "")
