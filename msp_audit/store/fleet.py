"""Many published databases side by side, attached read only: one question to all estates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from msp_audit.domain import Rows
from msp_audit.errors import StoreError
from msp_audit.store.database import Database, inspect, quoted, text_literal
from msp_audit.store.publication import Publication
from msp_audit.store.question import QuestionLimits, ask, check_question


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One estate of several: what to call it and its published database."""

    name: str
    published: Path


def ask_all(
    sides: Sequence[Side], sql: str, *, memory_limit: str = "2GB", limits: QuestionLimits | None = None
) -> tuple[Rows, dict[str, str]]:
    """The answer over all *sides*, and why some could not be asked.

    Every relation is the union of the estates' relations of that name, behind a column ``workspace``.

    Raises:
        StoreError: the question is refused, fails, or no estate has a relation that it names.
    """
    check_question(sql)
    wanted = sorted(name for name in inspect(sql).relations if name.count(".") == 1)
    with Database.open(None, memory_limit=memory_limit) as database:
        attached, problems = _attach(database, sides)
        for name in wanted:
            _unite(database, name, attached)
        database.execute("set temp_directory = ''")
        database.execute("set enable_external_access = false")
        database.execute("set lock_configuration = true")
        return ask(database, sql, limits=limits), problems


def _attach(database: Database, sides: Sequence[Side]) -> tuple[dict[str, str], dict[str, str]]:
    attached: dict[str, str] = {}
    problems: dict[str, str] = {}
    for number, side in enumerate(sides):
        current = Publication(side.published).current()
        try:
            if not current.exists():
                raise StoreError(f"{side.published} does not exist yet. 'msp-audit run' makes it.")
            database.attach(current, alias=f"estate_{number}")
        except StoreError as error:
            problems[side.name] = str(error)
        else:
            attached[f"estate_{number}"] = side.name
    return attached, problems


def _unite(database: Database, name: str, attached: dict[str, str]) -> None:
    schema, _, relation = name.partition(".")
    # A relation that one estate's program does not know yet is missing there, not everywhere.
    found = database.query(
        "select distinct table_catalog from information_schema.tables"
        " where table_schema = $schema and table_name = $relation order by all",
        {"schema": schema, "relation": relation},
    )
    having = [alias for (alias,) in found if alias in attached]
    if not having:
        return
    dotted = f"{quoted(schema)}.{quoted(relation)}"
    united = " union all by name ".join(
        f"select {text_literal(attached[alias])} as workspace, * from {alias}.{dotted}" for alias in having
    )
    database.execute(f"create schema if not exists {quoted(schema)}")
    database.execute(f"create view {dotted} as {united}")
