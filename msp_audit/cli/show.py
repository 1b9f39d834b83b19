"""Rows on stdout: as a table for eyes, as JSON or CSV for programs."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import orjson

from msp_audit.domain import Rows

#: A spreadsheet runs a cell that begins with one of these.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def show(rows: Rows, output: str, *, headings: Sequence[str] | None = None) -> None:
    """Print *rows*; *headings* replace column names in a table only."""
    if output == "json":
        _write_json(rows)
    elif output == "csv":
        _write_csv(rows)
    else:
        _write_table(rows, headings or rows.columns)


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


def _write_table(rows: Rows, headings: Sequence[str]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=False)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    numeric = [_is_numeric(kind) for kind in rows.types]
    for heading, is_number in zip(headings, numeric, strict=True):
        table.add_column(heading, justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in plain_row(rows.columns, row)))
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
        return "—"
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
