"""An answer on stdout or in a file, in every format that people ask for."""

from __future__ import annotations

import contextlib
import shutil
import sys
from dataclasses import replace
from pathlib import Path

from msp_audit.cli.show import plain, plain_row, show
from msp_audit.domain import Rows
from msp_audit.errors import SettingsError

#: Formats that are no text: a terminal cannot show them.
_FILES = ("parquet", "xlsx")
#: More rows than anybody reads in a terminal.
_SCREENFUL = 500
#: A column of a table needs as many signs, or as many as its widest cell has, to be readable.
_READABLE = 10


def write_answer(rows: Rows, output: str, out: Path | None) -> None:
    """Write *rows* as *output* to *out*, or to stdout.

    Raises:
        SettingsError: a file is needed and none is named, or it cannot be written.
    """
    if output in _FILES and out is None:
        raise SettingsError(f"{output} is no text; name a file with --out.")
    try:
        if out is None:
            _show(rows, output)
        elif output == "parquet":
            from msp_audit.store import write_parquet

            write_parquet(rows, out)
        elif output == "xlsx":
            from msp_audit.reporting.sheet import write_sheet

            write_sheet(rows, out)
        else:
            with out.open("w", encoding="utf-8", newline="") as file, contextlib.redirect_stdout(file):
                _show(rows, output)
    except OSError as error:
        if out is None:
            raise
        raise SettingsError(f"{out} cannot be written: {error.strerror}.") from error
    if out is not None:
        sys.stderr.write(f"{len(rows):,} rows in {out}\n")


def _show(rows: Rows, output: str) -> None:
    if output == "markdown":
        lines = [rows.columns, ["---"] * len(rows.columns), *([plain(cell) for cell in row] for row in rows)]
        for line in lines:
            cells = (
                str(cell).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;") for cell in line
            )
            sys.stdout.write(f"| {' | '.join(cells)} |\n")
    elif output == "table":
        _show_table(rows)
    else:
        show(rows, output)


def _show_table(rows: Rows) -> None:
    is_cut = sys.stdout.isatty() and len(rows) > _SCREENFUL
    shown = replace(rows, rows=rows.rows[:_SCREENFUL]) if is_cut else rows
    if _is_too_wide(shown):
        _show_blocks(shown)
    else:
        show(shown, "table")
    if is_cut:
        sys.stderr.write(f"The first {_SCREENFUL} of {len(rows):,} rows; --out FILE writes them all.\n")


def _is_too_wide(rows: Rows) -> bool:
    """Whether a table would break its words to pieces: as many columns as that are read one below another."""
    cells = [rows.columns, *(plain_row(rows.columns, row) for row in rows.rows[:_SCREENFUL])]
    widths = [min(max(map(len, column)), _READABLE) for column in zip(*cells, strict=True)]
    return sum(widths) + 3 * len(widths) > shutil.get_terminal_size().columns


def _show_blocks(rows: Rows) -> None:
    wide = max(map(len, rows.columns))
    for number, row in enumerate(rows, start=1):
        sys.stdout.write(f"── row {number} ──\n")
        cells = zip(rows.columns, plain_row(rows.columns, row), strict=True)
        sys.stdout.writelines(f"{name:<{wide}}  {cell}\n" for name, cell in cells)
