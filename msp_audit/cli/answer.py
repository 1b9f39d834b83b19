"""An answer on stdout or in a file, in every format that people ask for."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

from msp_audit.cli.show import plain, show
from msp_audit.domain import Rows
from msp_audit.errors import SettingsError

#: Formats that are no text: a terminal cannot show them.
_FILES = ("parquet", "xlsx")


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
    else:
        show(rows, output)
