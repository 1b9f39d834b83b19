"""The two sides of the comparison: the original in MySQL, and our connector, relations and rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from functools import cache
from typing import Any

import orjson

from msp_audit.connectors import views_folder_of
from msp_audit.connectors.automate import AutomateConnector
from msp_audit.connectors.base import Page
from msp_audit.domain import Verdict
from msp_audit.settings.model import AutomateSettings
from msp_audit.sqlfile import SqlFile
from msp_audit.store.database import Database, inspect, install_macros
from msp_audit.store.views import View, Views
from tests.equivalence.model import TABLES, Rows
from tests.equivalence.original import RULES, original
from tests.mariadb import Server
from tests.rules.test_rules import FILES

#: Component -> entities found.
Found = dict[str, frozenset[str]]
DATABASE = "equivalence"
RULE_FILES: Mapping[str, SqlFile] = {component: FILES[rule] for component, rule in RULES.items()}
_AS_OF = datetime(2026, 11, 2, 6)


class Original:
    """A database of the model on a server, refilled for each comparison."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._connection = server.connect()
        tables = [f"create table {name} ({columns})" for name, columns in TABLES.items()]
        server.execute(f"drop database if exists {DATABASE}", f"create database {DATABASE}")
        server.execute(*tables, database=DATABASE)
        self._connection.select_db(DATABASE)

    def fill(self, rows: Rows) -> None:
        with self._connection.cursor() as cursor:
            self._connection.begin()
            for table in TABLES:
                cursor.execute(f"delete from {table}")
                values = rows.get(table, ())
                if values:
                    places = ", ".join(["%s"] * len(values[0]))
                    cursor.executemany(f"insert into {table} values ({places})", values)
            self._connection.commit()

    def found(self, *, is_literal: bool) -> Found:
        found: dict[str, set[str]] = {component: set() for component in RULES}
        with self._connection.cursor() as cursor:
            cursor.execute(original(is_literal=is_literal))
            for component, entity, _name, _client in cursor.fetchall():
                found[component].add(str(entity))
        return {component: frozenset(entities) for component, entities in found.items()}

    def connector(self) -> AutomateConnector:
        return AutomateConnector(AutomateSettings(mysql=self._server.settings(DATABASE)))

    def close(self) -> None:
        self._connection.close()


@cache
def needed_views() -> tuple[View, ...]:
    """The views behind the eight rules, dependencies first."""
    views = Views.load({"automate": views_folder_of("automate")})
    relations: set[str] = set()
    for file in RULE_FILES.values():
        relations |= inspect(file.sql).relations
    return views.closure(relations)


@contextmanager
def landed(connector: AutomateConnector, *, changed: Mapping[str, str] | None = None) -> Iterator[Database]:
    """Our typed relations of what *connector* reads; *changed* replaces the SQL of views, by name."""
    with Database.open(None, threads=1) as database:
        install_macros(database)
        for schema in ("landing", "automate", "core"):
            database.execute(f"create schema {schema}")
        for resource, payloads in _read(connector).items():
            database.execute(f"create table landing.{resource} (key varchar, payload json)")
            database.execute(
                f"insert into landing.{resource} select '', unnest($payloads::json[])", {"payloads": payloads}
            )
        for view in needed_views():
            sql = (changed or {}).get(view.name, view.file.sql)
            database.execute(f"create table {view.name} as {sql}")
        yield database


def _read(connector: AutomateConnector) -> dict[str, list[str]]:
    payloads: dict[str, list[str]] = {resource.name: [] for resource in connector.resources}
    with closing(connector):
        for event in connector.read():
            if isinstance(event, Page):
                payloads[event.resource] += [orjson.dumps(record).decode() for record in event.records]
            else:
                assert event.verdict in (Verdict.COMPLETE, Verdict.ABSENT), event.reason
    return payloads


def judged(database: Database, *, is_literal: bool, sql: Mapping[str, str] | None = None) -> Found:
    """What our eight rules find; *sql* replaces the text of rules, by component."""
    return {
        component: entities(database, (sql or {}).get(component, file.sql), is_literal=is_literal)
        for component, file in RULE_FILES.items()
    }


def entities(database: Database, sql: str, *, is_literal: bool) -> frozenset[str]:
    """The entities that one rule reports."""
    params: dict[str, Any] = {"as_of": _AS_OF, "literal": is_literal}
    return frozenset(str(row[1]) for row in database.query(sql, params))
