"""The schema of Automate's database as it is: which of our tables and columns it has, under which names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from msp_audit.connectors.automate.names import SECRET_NAME, Names
from msp_audit.connectors.automate.tables import TABLES, Table

#: How alike two names must be for one to be suggested for the other; 1 is the same.
LIKE_ENOUGH = 0.6
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
#: Words that stand in most names and so say nothing.
_FILLERS = frozenset({"cw", "lt", "rec", "id", "plugin", "recid"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column as ``information_schema`` tells it. Nothing of this is customer data."""

    table: str
    name: str
    #: ``int``, ``varchar`` …
    kind: str
    #: ``int(11) unsigned``
    declared: str = ""
    is_nullable: bool = True
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """One of our tables, found or not."""

    table: Table
    #: Its name in this database; None when it is not there.
    physical: str | None
    #: Our column -> the column in this database.
    columns: Mapping[str, Column]

    @property
    def missing(self) -> tuple[str, ...]:
        """Required columns that are not there."""
        return tuple(column for column in self.table.required if column not in self.columns)

    @property
    def is_readable(self) -> bool:
        """Whether its rows can be told apart; columns may be missing all the same."""
        return (
            self.physical is not None
            and bool(self.columns)
            and set(self.table.resource.key) <= set(self.columns)
        )

    @property
    def is_whole(self) -> bool:
        """Whether the table and every required column is there."""
        return self.physical is not None and not self.missing

    def why_not(self) -> str:
        """What was looked for and not found, and the setting that would map it; empty when whole."""
        name = self.table.physical
        if self.physical is None:
            return (
                f"The database has no table {name}, or the account may not select from it. Is the plugin "
                f'installed? If the table is called otherwise: automate.aliases "{name}" = "its name".'
            )
        if not self.missing:
            return ""
        looked_for = ", ".join(f"{name}.{column}" for column in self.missing)
        mapped = ", ".join(f'"{name}.{column}" = "its name"' for column in self.missing)
        return (
            f"The database has no column {looked_for}. If it is called otherwise: automate.aliases "
            f"{mapped}; msp-audit doctor automate suggests names."
        )


class Schema:
    """The columns of one database, looked up without regard to case."""

    def __init__(self, columns: Iterable[Column]) -> None:
        self._tables: dict[str, dict[str, Column]] = {}
        self._spelling: dict[str, str] = {}
        for column in columns:
            self._spelling.setdefault(column.table.lower(), column.table)
            self._tables.setdefault(column.table.lower(), {})[column.name.lower()] = column

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables as the database spells them."""
        return tuple(self._spelling.values())

    def columns_of(self, table: str) -> tuple[Column, ...]:
        """Columns of *table* in their order; none when it is not there."""
        return tuple(self._tables.get(table.lower(), {}).values())

    def resolve(self, table: Table, *, names: Names) -> Resolution:
        """Find *table* and its columns."""
        found = next((each for each in names.of_table(table.physical) if each.lower() in self._tables), None)
        if found is None:
            return Resolution(table=table, physical=None, columns={})
        there = self._tables[found.lower()]
        columns = {}
        for column in table.columns:
            candidates = (each.lower() for each in names.of_column(table.physical, column))
            if name := next((each for each in candidates if each in there), None):
                columns[column] = there[name]
        return Resolution(table=table, physical=self._spelling[found.lower()], columns=columns)

    def resolve_all(self, names: Names) -> dict[str, Resolution]:
        """Every resource's table."""
        return {name: self.resolve(table, names=names) for name, table in TABLES.items()}


def suggestions(schema: Schema, resolved: Mapping[str, Resolution]) -> dict[str, str]:
    """``automate.aliases`` that might find what is missing: our name -> the likeliest one there."""
    taken = {r.physical.lower() for r in resolved.values() if r.physical}
    spare_tables = [name for name in schema.tables if name.lower() not in taken]
    found: dict[str, str] = {}
    for resolution in resolved.values():
        name = resolution.table.physical
        if resolution.physical is None:
            if like := _likeliest(name, spare_tables):
                found[name] = like
            continue
        used = {column.name.lower() for column in resolution.columns.values()}
        spare = [c.name for c in schema.columns_of(resolution.physical) if c.name.lower() not in used]
        for column in resolution.missing:
            if like := _likeliest(column, [each for each in spare if not SECRET_NAME.search(each)]):
                found[f"{name}.{column}"] = like
    return found


def _likeliest(name: str, candidates: Collection[str]) -> str | None:
    scored = sorted(((_likeness(name, each), each) for each in candidates), reverse=True)
    return scored[0][1] if scored and scored[0][0] >= LIKE_ENOUGH else None


def _likeness(one: str, other: str) -> float:
    first, second = (set(_WORDS.findall(name)) for name in (one, other))
    first, second = ({w.lower() for w in words} - _FILLERS for words in (first, second))
    shared = len(first & second) / len(first | second) if first & second else 0.0
    letters = SequenceMatcher(None, one.lower(), other.lower(), autojunk=False).ratio()
    return max(letters, 0.5 + shared / 2 if shared else 0.0)
