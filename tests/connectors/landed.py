"""Typed relations made from landed records, without a store around them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import orjson

from msp_audit.connectors import views_folder_of
from msp_audit.domain import Record
from msp_audit.store.database import Database, install_macros
from msp_audit.store.views import Views


@contextmanager
def typed(source: str, landed: Mapping[str, Sequence[Record]]) -> Iterator[Database]:
    """A database with every relation of *source*; resources that are not given are empty."""
    views = Views.load({source: views_folder_of(source)})
    ordered = [view for view in views.ordered if view.schema == source]
    with Database.open(None) as database:
        install_macros(database)
        database.execute("create schema landing")
        database.execute(f"create schema {source}")
        known = {resource for view in ordered for _, resource in view.landed}
        assert set(landed) <= known, "a resource that no view reads"
        for resource in sorted(known):
            database.execute(f"create table landing.{resource} (key varchar, payload json)")
            database.execute(
                f"create view landing.{resource}_history as"
                " select *, timestamp '2026-11-02' as from_at, null::timestamp as to_at"
                f" from landing.{resource}"
            )
            for number, record in enumerate(landed.get(resource, ())):
                database.execute(
                    f"insert into landing.{resource} values ($key, $payload)",
                    {"key": str(number), "payload": orjson.dumps(record).decode()},
                )
        for view in ordered:
            database.execute(f"create table {view.name} as {view.file.sql}")
        yield database


def column(source: str, relation: str, name: str, records: Sequence[Record]) -> list[object]:
    """One column of one relation made from the *records* of its resource; nulls last."""
    with typed(source, {relation: records}) as database:
        rows = database.query(f"select {name} from {source}.{relation} order by 1 nulls last")
        return [row[0] for row in rows]
