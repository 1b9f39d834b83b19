"""What a report reads, over a database in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import duckdb

from msp_audit.domain import Rows
from msp_audit.store.database import inspect


@dataclass
class MemoryReader:
    """The reader's two methods over a plain connection."""

    connection: duckdb.DuckDBPyConnection
    asked: list[str] = field(default_factory=list)

    def query(self, sql: str, params: Mapping[str, object] | None = None) -> Rows:
        named = set(re.findall(r"\$(\w+)", sql))
        self.asked.append(sql)
        result = self.connection.execute(sql, {k: v for k, v in (params or {}).items() if k in named})
        described = result.description or []
        return Rows(
            columns=tuple(column[0] for column in described),
            types=tuple(str(column[1]) for column in described),
            rows=tuple(result.fetchall()),
        )

    def batches(
        self, sql: str, params: Mapping[str, object] | None = None, *, size: int = 2_000
    ) -> Iterator[Rows]:
        found = self.query(sql, params)
        for place in range(0, max(1, len(found)), size):
            yield Rows(columns=found.columns, types=found.types, rows=found.rows[place : place + size])

    def has_relations(self, sql: str) -> tuple[str, ...]:
        known = {
            f"{schema}.{table}"
            for schema, table in self.connection.execute(
                "select schema_name, table_name from duckdb_tables()"
            ).fetchall()
        }
        names = inspect(sql).relations
        return tuple(sorted(name for name in names if "." in name and name not in known))
