"""What a report needs of a database: a question asked, rows returned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from msp_audit.domain import Rows


class Reader(Protocol):
    """The published database, read only."""

    def query(self, sql: str, params: Mapping[str, object] | None = None) -> Rows:
        """Rows of one select; only those of *params* that the SQL names are used."""
        ...

    def batches(
        self, sql: str, params: Mapping[str, object] | None = None, *, size: int = 2_000
    ) -> Iterator[Rows]:
        """The same, *size* rows at a time and at least once; nothing else is asked meanwhile."""
        ...

    def has_relations(self, sql: str) -> tuple[str, ...]:
        """Relations that *sql* reads and that do not exist; empty when all are there."""
        ...
