"""The estate and the ledger as a past run left them, rebuilt in memory from the published copy's history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from msp_audit.audit.versions import FINDINGS_AS_OF
from msp_audit.domain import Rows
from msp_audit.errors import StoreError
from msp_audit.store import Database, Params, Views, inspect, install_macros, open_published
from msp_audit.store.publication import PUBLISHED

#: Tables of the ledger that only grow, and the column that says with which run.
_GROWING = (
    "runs", "run_sources", "run_resources", "rule_runs", "rule_events", "finding_events", "run_counts",
    "suppressions", "deliveries",
)  # fmt: skip
_RULES = """
select
    history.rule, history.theme, history.title, history.severity, history.subject, history.key,
    history.parents, history.why, history.remedy, history.source, history.origin, history.digest, history.sql
from published.audit.rule_history as history
where history.from_run_id <= {run_id} and (history.to_run_id is null or history.to_run_id > {run_id})
"""
_RULE_HISTORY = """
select history.* replace (case when history.to_run_id <= {run_id} then history.to_run_id end as to_run_id)
from published.audit.rule_history as history
where history.from_run_id <= {run_id}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A run, or a reading of a source, that one looks back at."""

    #: None when only the inventory is asked for.
    run_id: int | None
    #: The newest reading that it knew.
    snapshot_id: int
    as_of: datetime


class Past:
    """A database in memory that answers as the published one did after a past run; closed to all else.

    Typed relations are made when a query first names them.
    """

    def __init__(
        self, path: Path, *, views: Views, when: int | datetime | None = None, memory_limit: str = "2GB"
    ) -> None:
        """Look at the published database *path* as run *when*, or the last run until *when*, left it.

        Raises:
            StoreError: there is no such run, or what it saw is kept no longer.
        """
        self._views = views
        self._database = open_published(path, memory_limit=memory_limit)
        try:
            self.moment = moment_of_run(self._database, when)
            install_macros(self._database)
            self._expose_ledger(self.moment)
            self._database.execute("set lock_configuration = true")
        except BaseException:
            self._database.close()
            raise

    @property
    def database(self) -> Database:
        """The connection; the published copy is attached as ``published``."""
        return self._database

    def query(self, sql: str, params: Params | None = None) -> Rows:
        """Run one statement; parameters that it does not name are left out.

        Raises:
            QueryFailed: DuckDB refuses it, or it names a relation that had not been read by then.
        """
        self.make(inspect(sql).relations)
        return self._database.query(sql, params)

    def batches(self, sql: str, params: Params | None = None, *, size: int = 2_000) -> Iterator[Rows]:
        """As :meth:`query`, *size* rows at a time and at least once; ask nothing else meanwhile."""
        self.make(inspect(sql).relations)
        return self._database.batches(sql, params, size=size)

    def has_relations(self, sql: str) -> tuple[str, ...]:
        """Names of relations that *sql* reads and that could not be seen then."""
        relations = inspect(sql).relations
        self.make(relations)
        names = sorted(name for name in relations if "." in name)
        return tuple(name for name in names if not self._database.has_relation(name))

    def make(self, relations: frozenset[str]) -> None:
        """Make the typed *relations* that are not there yet."""
        missing = {
            name for name in relations if name in self._views and not self._database.has_relation(name)
        }
        if missing:
            self._views.make_as_of(
                self._database, missing, catalog=PUBLISHED, snapshot_id=self.moment.snapshot_id
            )

    def close(self) -> None:
        """Close the connection; safe to call twice."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _expose_ledger(self, moment: Moment) -> None:
        findings = FINDINGS_AS_OF.format(schema=f"{PUBLISHED}.audit", run_id=moment.run_id)
        statements = [
            "create schema audit",
            f"create view audit.findings as {findings}",
            f"create view audit.rules as {_RULES.format(run_id=moment.run_id)}",
            f"create view audit.rule_history as {_RULE_HISTORY.format(run_id=moment.run_id)}",
            *(
                f"create view audit.{name} as select kept.* from {PUBLISHED}.audit.{name} as kept"
                f" where kept.run_id <= {moment.run_id}"
                for name in _GROWING
            ),
            *(
                f"create view audit.{name} as select kept.* from {PUBLISHED}.audit.{name} as kept"
                f" where kept.snapshot_id <= {moment.snapshot_id}"
                for name in ("snapshots", "resource_readings")
            ),
        ]
        self._database.execute("; ".join(statements))


def moment_of_run(database: Database, when: int | datetime | None) -> Moment:
    """The run numbered *when*, the last one until the time *when*, or the latest.

    Raises:
        StoreError: there is none, or what it saw is kept no longer.
    """
    condition = {int: "run_id = $when", type(None): "true"}.get(type(when), "as_of <= $when")
    found = database.query(
        f"select run_id, as_of from {PUBLISHED}.audit.runs where finished_at is not null and {condition}"
        " order by run_id desc limit 1",
        {"when": when},
    )
    for run_id, as_of in found:
        first = database.query(f"select run_id from {PUBLISHED}.audit.kept_from").scalar()
        if first is not None and run_id < first:
            raise StoreError(
                f"What run {run_id} saw is kept no longer; the first that is kept is run {first}."
            )
        newest = database.query(
            f"select coalesce(max(snapshot_id), 0) from {PUBLISHED}.audit.run_sources where run_id = $id",
            {"id": run_id},
        ).scalar()
        return Moment(run_id=run_id, snapshot_id=int(newest), as_of=as_of)
    raise StoreError(f"There is no run {when}. 'msp-audit snapshots list' shows what there is.")


def moment_of_snapshot(database: Database, snapshot_id: int) -> Moment:
    """The time right after reading *snapshot_id* was sealed; inventory only.

    Raises:
        StoreError: there is no such reading, or what it saw is kept no longer.
    """
    found = database.query(
        f"select snapshot_id, read_at from {PUBLISHED}.audit.snapshots where snapshot_id = $id",
        {"id": snapshot_id},
    )
    for number, read_at in found:
        first = database.query(f"select snapshot_id from {PUBLISHED}.audit.kept_from").scalar() or 0
        if number < first:
            raise StoreError(
                f"What reading {number} saw is kept no longer; the first that is kept is {first}."
            )
        return Moment(run_id=None, snapshot_id=number, as_of=read_at)
    raise StoreError(f"There is no reading {snapshot_id}. 'msp-audit snapshots list' shows what there is.")
