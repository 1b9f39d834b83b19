"""Rows on stdout: as a table for eyes, as JSON or CSV for programs."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal

import orjson

from msp_audit.domain import Rows

#: A spreadsheet runs a cell that begins with one of these.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: In a terminal that is narrower, columns are stacked.
_ROOMY = 140
_UNKNOWN = "—"


def show(
    rows: Rows, output: str, *, headings: Sequence[str] | None = None, stacked: Sequence[str] = ()
) -> None:
    """Print *rows*; *headings* replace column names in a table only.

    Where a table has little room, the cells of the columns *stacked* stand one below another, so that a long
    name is not broken.
    """
    if output == "json":
        _write_json(rows)
    elif output == "csv":
        _write_csv(rows)
    else:
        _write_table(rows, headings or rows.columns, stacked=stacked)


def _write_json(rows: Rows) -> None:
    payload = orjson.dumps(rows.records(), option=orjson.OPT_INDENT_2, default=str)
    sys.stdout.write(payload.decode() + "\n")


def _write_csv(rows: Rows) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows.columns)
    writer.writerows([_inert(value) for value in row] for row in rows)
    sys.stdout.write(text.getvalue())


def _inert(value: Any) -> Any:  # noqa: ANN401  (a cell may hold any SQL value)
    if isinstance(value, str) and value.lstrip().startswith(_FORMULA):
        return f"'{value}"
    if isinstance(value, datetime | date):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    return "" if value is None else value


def _write_table(rows: Rows, headings: Sequence[str], *, stacked: Sequence[str]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=False)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    # Places of the columns that are printed, each with those that stand below it.
    below = {place: [place] for place in range(len(rows.columns))}
    if stacked and console.width < _ROOMY:
        first, *others = map(rows.columns.index, stacked)
        below = {
            place: [first, *others] if place == first else [place] for place in below if place not in others
        }
    for place, places in below.items():
        heading = "\n".join(headings[each] for each in places)
        justify: Literal["left", "right"] = "right" if _is_numeric(rows.types[place]) else "left"
        table.add_column(heading, justify=justify, overflow="fold")
    for row in rows:
        cells = plain_row(rows.columns, row)
        lines = (
            (cells[each] for each in places if each == place or cells[each] != _UNKNOWN)
            for place, places in below.items()
        )
        table.add_row(*(Text("\n".join(cell)) for cell in lines))
    console.print(table)


def _is_numeric(kind: str) -> bool:
    return any(word in kind.upper() for word in ("INT", "DOUBLE", "DECIMAL", "FLOAT", "NUMBER"))


def plain_row(columns: Sequence[str], row: Sequence[Any]) -> list[str]:
    """A row as a terminal may show it; identifiers are for pasting and have no commas in them."""
    return [
        str(value) if isinstance(value, int) and name.endswith("id") else plain(value)
        for name, value in zip(columns, row, strict=True)
    ]


def plain(value: Any) -> str:  # noqa: ANN401
    """A cell as a terminal may show it."""
    if value is None:
        return _UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, int):
        return f"{value:,}" if abs(value) >= 10_000 else str(value)
    if isinstance(value, float):
        return f"{value:,.2f}"
    # A host name may hold anything; a terminal must not obey it.
    return "".join(sign if sign.isprintable() else "�" for sign in str(value))
