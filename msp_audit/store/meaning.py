"""What the ledger's relations and columns mean, for whoever opens the published database."""

from __future__ import annotations

import tomllib
from pathlib import Path

from msp_audit.store.database import Database, comment_on

_FILE = Path(__file__).parent / "ledger.toml"


def comment_ledger(database: Database) -> None:
    """Write ``ledger.toml`` into *database* as comments; what is not there (yet) is passed over."""
    present = {
        f"{relation}.{column}"
        for relation, column in database.query(
            "select table_name, column_name from duckdb_columns() where schema_name = 'audit'"
        )
    }
    for relation, facts in tomllib.loads(_FILE.read_text(encoding="utf-8")).items():
        if any(name.startswith(f"{relation}.") for name in present):
            comment_on(database, "table", f"audit.{relation}", facts["grain"])
        for column, text in facts["columns"].items():
            if f"{relation}.{column}" in present:
                comment_on(database, "column", f"audit.{relation}.{column}", text)
