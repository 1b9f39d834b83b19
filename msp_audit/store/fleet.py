"""Many published databases, attached read only: one question to all estates, or to each by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from msp_audit.domain import Rows
from msp_audit.errors import StoreError
from msp_audit.store.database import Database, QueryFailed, inspect, quoted, text_literal
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


def ask_each(
    sides: Sequence[Side], queries: Mapping[str, str], *, jobs: int = 2, memory_limit: str = "400MB"
) -> dict[str, Mapping[str, Rows] | str]:
    """What each side answers to *queries*, by their names, or why it does not; one that fails stops no other.

    A connection is opened once a job and not once an estate: that is most of what opening one costs.
    """
    shares = [share for number in range(jobs) if (share := sides[number::jobs])]
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        parts = pool.map(lambda share: _ask_share(share, queries, memory_limit=memory_limit), shares)
        answers = dict(chain.from_iterable(part.items() for part in parts))
    return {side.name: answers[side.name] for side in sides}


def _ask_share(
    sides: Sequence[Side], queries: Mapping[str, str], *, memory_limit: str
) -> dict[str, Mapping[str, Rows] | str]:
    current = {side.name: Publication(side.published).current() for side in sides}
    with Database.open(None, memory_limit=memory_limit, threads=1) as database:
        # Closed to everything but these files, before the first of them is opened.
        paths = [text_literal(f"{path}{ending}") for path in current.values() for ending in ("", ".wal")]
        database.execute(f"set allowed_paths = [{', '.join(paths)}]")
        database.execute("set temp_directory = ''")
        database.execute("set enable_external_access = false")
        database.execute("set lock_configuration = true")
        return {side.name: _ask_one(database, side, current[side.name], queries) for side in sides}


def _ask_one(
    database: Database, side: Side, path: Path, queries: Mapping[str, str]
) -> Mapping[str, Rows] | str:
    if not path.exists():
        return f"{side.published} does not exist yet. 'msp-audit run' makes it."
    try:
        database.attach(path, alias="estate")
    except StoreError as error:
        return str(error)
    try:
        database.execute("use estate")
        return {name: database.query(sql) for name, sql in queries.items()}
    except QueryFailed as error:
        return f"{path} does not hold what this program asks for; is it of another version? {error}"
    finally:
        database.execute("use memory")
        database.execute("detach estate")


def _attach(database: Database, sides: Sequence[Side]) -> tuple[dict[str, str], dict[str, str]]:
    attached: dict[str, str] = {}
    problems: dict[str, str] = {}
    for number, side in enumerate(sides):
        try:
            database.attach(Publication(side.published).found(), alias=f"estate_{number}")
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
