"""The ledger of the ticket channel: every step is written down before the call, and closed after it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from msp_audit.delivery.ticket.groups import Queries
from msp_audit.delivery.ticket.model import Action, Deed, Kind, Row, State, Told
from msp_audit.domain import Rows, Severity
from msp_audit.settings.tickets import TicketRetention

_COLUMNS = tuple(field.name for field in fields(Row))
_ROWS = f"select {', '.join(f'tickets.{name}' for name in _COLUMNS)} from audit.tickets as tickets"  # noqa: S608  (our own columns)
_PENDING = """
select
    actions.action_id,
    actions.ticket_key,
    actions.action as deed,
    actions.status,
    actions.marker,
    actions.text,
    actions.why,
    actions.told::varchar as told,
    actions.intended_at
from audit.ticket_actions as actions
where actions.status in ('intended', 'unclear')
order by actions.action_id
"""
_TOLD = (
    "select told.ticket_key, told.finding_id, told.severity, told.label from audit.ticket_findings as told"
)
_ROUTES = "select routes.group_key, routes.flood_key from audit.ticket_routes as routes"
_NEW_ACTION = """
insert into audit.ticket_actions (
    action_id, ticket_key, action, status, marker, text, why, detail, told, run_id, intended_at
)
select
    nextval('audit.ticket_action_ids'), $ticket_key, $deed, 'intended', $marker, $text, $why, '', $told::json,
    $run_id, $now
returning action_id
"""
_PRUNE = """
delete from audit.ticket_actions
where
    status not in ('intended', 'unclear')
    and (
        finished_at < $before
        or action_id <= coalesce(
            (
                select kept.action_id
                from audit.ticket_actions as kept
                order by kept.action_id desc
                limit 1 offset $limit
            ),
            0
        )
    )
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A step that is about to be written down."""

    deed: Deed
    why: str
    marker: str = ""
    text: str = ""
    #: What the ticket knows once it is done.
    told: Told | None = None


class Writable(Queries, Protocol):
    """A database that may be changed."""

    def execute(self, sql: str, params: Mapping[str, Any] | None = None) -> None:
        """Run statements whose result nobody needs."""
        ...

    def insert_rows(self, table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
        """Append rows."""
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing."""
        ...


class Book:
    """The tickets of one workspace as they stand; every change goes to the database at once.

    Without *database* nothing is written: the book of a dry run.
    """

    def __init__(self, queries: Queries, database: Writable | None = None) -> None:
        self._database = database
        self._next_dry_id = -1
        self.rows: dict[str, Row] = {}
        self.told: dict[str, dict[str, tuple[Severity, str]]] = {}
        self.routes: dict[str, str] = {}
        self.pending: dict[str, list[Action]] = {}
        self._load(queries)

    def live(self) -> list[Row]:
        """Tickets that matter still: a later ticket has not taken their place."""
        return [row for row in self.rows.values() if row.state is not State.OVER]

    def of_group(self, group_key: str) -> list[Row]:
        """Every ticket of a group, the latest first."""
        found = [row for row in self.rows.values() if row.group_key == group_key]
        return sorted(found, key=lambda row: -row.generation)

    def window(self, now: datetime, *, seconds: int) -> tuple[datetime, int]:
        """Beginning of the current flood interval, and the tickets of their own that were made in it."""
        newest = max((row.window_at for row in self.rows.values()), default=None)
        if newest is None or now >= newest + timedelta(seconds=seconds):
            return now, 0
        made = [r for r in self.rows.values() if r.window_at == newest and r.kind is not Kind.FLOOD]
        return newest, len(made)

    def begin_create(self, row: Row, intent: Intent, *, run_id: int, now: datetime) -> Action:
        """Write down that a ticket is to be made, and what it will know."""
        with self._transaction():
            self._put(row)
            self._tell(row.ticket_key, intent.told or {})
            return self._intend(row, intent, run_id=run_id, now=now)

    def begin(self, row: Row, intents: Sequence[Intent], *, run_id: int, now: datetime) -> list[Action]:
        """Write down steps that belong together, before the first of them."""
        with self._transaction():
            self._put(row)
            return [self._intend(row, intent, run_id=run_id, now=now) for intent in intents]

    def made(self, row: Row, actions: Iterable[Action], *, now: datetime) -> None:
        """The ticket is there."""
        with self._transaction():
            self._put(row)
            for action in actions:
                self._finish(action, "done", "", now)

    def finish(
        self, action: Action, status: str, *, now: datetime, detail: str = "", row: Row | None = None
    ) -> None:
        """What became of a step; once a note is ``done`` the ticket knows what it told."""
        with self._transaction():
            self._finish(action, status, detail, now)
            if status == "done" and action.told is not None:
                self._tell(action.ticket_key, action.told)
            if row is not None:
                self._put(row)

    def not_made(self, row: Row, *, detail: str, now: datetime) -> None:
        """The ticket does not exist: the next run begins anew."""
        with self._transaction():
            for action in list(self.pending.get(row.ticket_key, ())):
                self._finish(action, "refused", detail, now)
            self._tell(row.ticket_key, {})
            self._run("delete from audit.tickets where ticket_key = $key", {"key": row.ticket_key})
            self.rows.pop(row.ticket_key, None)

    def put(self, row: Row, *, told: Told | None = None, releases: bool = False) -> None:
        """Keep a row as it is now; *releases* the groups that a collecting ticket held."""
        if told is None and not releases and self.rows.get(row.ticket_key) == row:
            return
        with self._transaction():
            self._put(row)
            if told is not None:
                self._tell(row.ticket_key, told)
            if releases:
                self._run("delete from audit.ticket_routes where flood_key = $key", {"key": row.group_key})
                self.routes = {g: flood for g, flood in self.routes.items() if flood != row.group_key}

    def route(self, groups: Sequence[str], flood_key: str, *, now: datetime) -> None:
        """From now on these groups are told on a collecting ticket."""
        with self._transaction():
            if self._database is not None:
                columns = {"group_key": "varchar", "flood_key": "varchar", "routed_at": "timestamp"}
                rows = [(group, flood_key, now) for group in groups]
                self._database.insert_rows("audit.ticket_routes", columns, rows)
            self.routes |= dict.fromkeys(groups, flood_key)

    def prune(self, retention: TicketRetention, *, now: datetime) -> None:
        """Forget finished steps that are older or more than is kept."""
        before = now - timedelta(seconds=retention.request_limit_interval)
        self._run(_PRUNE, {"before": before, "limit": retention.request_limit})

    def _load(self, queries: Queries) -> None:
        if not _has_tickets(queries):
            return
        for record in queries.query(_ROWS).records():
            known = {**record, "kind": Kind(record["kind"]), "state": State(record["state"])}
            known |= {n: known[n] or "" for n in ("company_name", "status_name", "board_name")}
            self.rows[record["ticket_key"]] = Row(**known)
        for key, finding_id, severity, label in queries.query(_TOLD):
            self.told.setdefault(key, {})[finding_id] = (Severity(severity), label)
        self.routes = dict(queries.query(_ROUTES).rows)
        for record in queries.query(_PENDING).records():
            told = None if record["told"] == "null" else _told(json.loads(record["told"]))
            action = Action(**{**record, "deed": Deed(record["deed"]), "told": told})
            self.pending.setdefault(action.ticket_key, []).append(action)

    def _intend(self, row: Row, intent: Intent, *, run_id: int, now: datetime) -> Action:
        told = intent.told
        plain = None if told is None else {name: [s.value, label] for name, (s, label) in told.items()}
        values = {
            "ticket_key": row.ticket_key,
            "deed": intent.deed.value,
            "marker": intent.marker,
            "text": intent.text,
            "why": intent.why,
            "told": json.dumps(plain),
            "run_id": run_id,
            "now": now,
        }
        if self._database is None:
            action_id = self._next_dry_id
            self._next_dry_id -= 1
        else:
            action_id = int(self._database.query(_NEW_ACTION, values).scalar())
        action = Action(
            action_id=action_id,
            ticket_key=row.ticket_key,
            deed=intent.deed,
            status="intended",
            marker=intent.marker,
            text=intent.text,
            why=intent.why,
            told=told,
            intended_at=now,
        )
        self.pending.setdefault(row.ticket_key, []).append(action)
        return action

    def _finish(self, action: Action, status: str, detail: str, now: datetime) -> None:
        self._run(
            "update audit.ticket_actions set status = $status, detail = $detail, finished_at = $now"
            " where action_id = $action_id",
            {"status": status, "detail": detail, "now": now, "action_id": action.action_id},
        )
        waiting = [a for a in self.pending.get(action.ticket_key, ()) if a.action_id != action.action_id]
        if status == "unclear":
            waiting.append(replace(action, status="unclear"))
        self.pending[action.ticket_key] = waiting

    def _put(self, row: Row) -> None:
        if self._database is not None:
            values = {name: getattr(row, name) for name in _COLUMNS}
            self._run("delete from audit.tickets where ticket_key = $ticket_key", values)
            names = ", ".join(f"${name}" for name in _COLUMNS)
            # Only names of our own columns are put together.
            self._run(f"insert into audit.tickets ({', '.join(_COLUMNS)}) values ({names})", values)  # noqa: S608
        self.rows[row.ticket_key] = row

    def _tell(self, key: str, told: Told) -> None:
        if self._database is not None:
            self._run("delete from audit.ticket_findings where ticket_key = $key", {"key": key})
            columns = dict.fromkeys(("ticket_key", "finding_id", "severity", "label"), "varchar")
            rows = [(key, name, severity.value, label) for name, (severity, label) in told.items()]
            self._database.insert_rows("audit.ticket_findings", columns, rows)
        self.told[key] = dict(told)

    def _run(self, sql: str, params: Mapping[str, Any]) -> None:
        if self._database is not None:
            self._database.execute(sql, params)

    def _transaction(self) -> AbstractContextManager[None]:
        return nullcontext() if self._database is None else self._database.transaction()


def _told(document: Mapping[str, Sequence[str]]) -> Told:
    return {name: (Severity(severity), label) for name, (severity, label) in document.items()}


def _has_tickets(queries: Queries) -> bool:
    """A published copy of an older program has none."""
    found: Rows = queries.query(
        "select count(*) from duckdb_tables() where schema_name = 'audit' and table_name = 'tickets'"
    )
    return bool(found.scalar())
