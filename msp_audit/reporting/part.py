"""A part of a report with its rows in groups, before it has a face."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from msp_audit.domain import Record
from msp_audit.reporting.section import Column


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rows that stand together below one heading."""

    rows: tuple[Record, ...]
    #: Rows cut to fit this face; they are counted here and stand in the workbook.
    left_out: int = 0

    @property
    def head(self) -> Record:
        """The row that the heading is taken from."""
        return self.rows[0]

    @property
    def total(self) -> int:
        """Rows shown and left out."""
        return len(self.rows) + self.left_out

    def shared(self, column: str) -> Any:  # noqa: ANN401  (any SQL value)
        """What every one of several rows holds in *column*, to be said once; None when they differ."""
        value = self.rows[0][column]
        return value if len(self.rows) > 1 and all(row[column] == value for row in self.rows) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of the report with its rows, or with a sentence in their place."""

    name: str
    title: str
    note: str
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    state: Literal["filled", "empty", "missing"]
    #: Said in place of rows; empty when there are some.
    sentence: str
    #: By face; a plain table where there is none.
    templates: Mapping[str, str]
    #: Columns that groups are made by: said in their headings.
    group_names: tuple[str, ...] = ()
    #: Groups left out whole, with their rows.
    groups_left_out: int = 0
    rows_left_out: int = 0

    @property
    def rows(self) -> tuple[Record, ...]:
        """Rows of all groups, in order."""
        return tuple(row for group in self.groups for row in group.rows)

    @property
    def left_out(self) -> int:
        """All rows that this face does not show."""
        return self.rows_left_out + sum(group.left_out for group in self.groups)

    @property
    def total(self) -> int:
        """Rows shown and left out."""
        return sum(group.total for group in self.groups) + self.rows_left_out

    def columns_on(self, face: str) -> tuple[Column, ...]:
        """The columns that *face* shows."""
        return tuple(column for column in self.columns if face in column.faces)
