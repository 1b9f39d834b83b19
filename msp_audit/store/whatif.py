"""Makes relations anew over a published database, some of what they are made of replaced; changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msp_audit.domain import Record, Rows
from msp_audit.errors import StoreError
from msp_audit.store.database import Database, QueryFailed, install_macros, quoted
from msp_audit.store.publication import PUBLISHED, Publication
from msp_audit.store.views import Views


class WhatIf:
    """A database in memory: *replaced* typed relations, what follows from them, and the rest as published."""

    def __init__(
        self,
        published: Path,
        *,
        views: Views,
        wanted: str,
        replaced: Mapping[str, Sequence[Record]],
        workspace: Path | None = None,
    ) -> None:
        """Make the relation *wanted*.

        Raises:
            StoreError: there is no published database, or it lacks what *wanted* is made of.
        """
        current = Publication(published).found()
        self._database = Database.open(None)
        try:
            install_macros(self._database, workspace=workspace)
            self._database.attach(current, alias=PUBLISHED)
            self._make(views, wanted, replaced)
        except QueryFailed as error:
            self.close()
            raise StoreError(
                f"{wanted} cannot be made from {published}: {error} Run 'msp-audit snapshot' once with"
                " [auvik.sync] in the settings."
            ) from error
        except BaseException:
            self.close()
            raise

    def _make(self, views: Views, wanted: str, replaced: Mapping[str, Sequence[Record]]) -> None:
        changed = set(replaced)
        for view in views.closure([wanted]):
            self._database.execute(f"create schema if not exists {quoted(view.schema)}")
            published = f"{PUBLISHED}.{view.name}"
            if view.name in replaced:
                self._database.execute(f"create table {view.name} as from {published} limit 0")
                self._fill(view.name, replaced[view.name])
            elif changed & view.reads:
                changed.add(view.name)
                self._database.execute(f"create table {view.name} as {view.file.sql}")
            else:
                self._database.execute(f"create view {view.name} as from {published}")

    def _fill(self, relation: str, records: Sequence[Record]) -> None:
        columns = dict(
            self._database.query(f"select column_name, column_type from (describe {relation})").rows
        )
        rows: list[list[Any]] = [[record.get(name) for name in columns] for record in records]
        self._database.insert_rows(relation, columns, rows)

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> Rows:
        """Ask it; what was published stands below ``published``."""
        return self._database.query(sql, params)

    def close(self) -> None:
        """Forget it all."""
        self._database.close()

    def __enter__(self) -> WhatIf:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
