"""Answers as Arrow tables and polars frames; both libraries are the reader's own."""

from __future__ import annotations

from typing import Any

from msp_audit.domain import Rows
from msp_audit.store.database import Database, quoted


def arrow_table(rows: Rows) -> Any:  # noqa: ANN401  (pyarrow carries no types)
    """A ``pyarrow.Table`` with the types that the database gave, for empty answers too."""
    import pyarrow as _  # noqa: F401  (said before DuckDB fails without it)

    with Database.open(None) as database:
        columns = dict(zip(rows.columns, rows.types, strict=True))
        listed = ", ".join(f"{quoted(name)} {kind}" for name, kind in columns.items())
        database.execute(f"create table answer ({listed})")
        database.execute("set preserve_insertion_order = true")
        database.insert_rows("answer", columns, rows.rows)
        return database.connection.sql("from answer").to_arrow_table()


def polars_frame(rows: Rows) -> Any:  # noqa: ANN401
    """A ``polars.DataFrame``."""
    import polars

    return polars.from_arrow(arrow_table(rows))
