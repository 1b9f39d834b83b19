"""What the ledger's relations and columns mean, for whoever opens the published database."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

from msp_audit.store.database import Database, comment_all

_FILE = Path(__file__).parent / "ledger.toml"


def comment_ledger(database: Database) -> None:
    """Write ``ledger.toml`` into *database* as comments, where they are not the same already."""
    text = _FILE.read_text(encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    known = database.query("select fact from audit.store_facts where name = 'comments'").scalar()
    if known == digest:
        return
    present = {
        f"{relation}.{column}"
        for relation, column in database.query(
            "select table_name, column_name from duckdb_columns() where schema_name = 'audit'"
        )
    }
    relations = {name.partition(".")[0] for name in present}
    document = tomllib.loads(text)
    tables = [(f"audit.{name}", facts["grain"]) for name, facts in document.items() if name in relations]
    columns = [
        (f"audit.{name}.{column}", meaning)
        for name, facts in document.items()
        for column, meaning in facts["columns"].items()
        if f"{name}.{column}" in present
    ]
    # One transaction: each of some hundred comments would wait for the disk by itself.
    with database.transaction():
        comment_all(database, tables, columns)
        database.execute(
            "insert or replace into audit.store_facts values ('comments', $fact)", {"fact": digest}
        )
