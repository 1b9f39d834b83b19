"""A question that somebody typed: one select, within limits of time and rows, and nothing else."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from msp_audit.domain import Rows
from msp_audit.errors import StoreError
from msp_audit.store.database import Database, Params, QueryFailed, QueryTimeout, inspect, quoted

#: How DuckDB says that a door is closed.
_CLOSED = (
    "disabled by configuration",
    "configuration has been locked",
    "Loading external extensions is disabled",
    "installing and loading the",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionLimits:
    """How much one question may take."""

    seconds: float = 60.0
    rows: int = 1_000_000


def check_question(sql: str) -> None:
    """Refuse what is no single select, before anything runs.

    Raises:
        StoreError: it does not parse, or it is more or something else than one select.
    """
    try:
        inspection = inspect(sql)
    except QueryFailed as error:
        raise StoreError(f"The query does not parse: {error}") from error
    if not inspection.is_single_select:
        raise StoreError(
            "Only one select is answered here: the published database is read only, and nothing can be"
            " set, loaded, attached or written."
        )


def ask(
    database: Database, sql: str, params: Params | None = None, *, limits: QuestionLimits | None = None
) -> Rows:
    """The answer to one question.

    Raises:
        StoreError: it is refused, fails, takes too long, or answers with more rows than it may.
    """
    limits = limits or QuestionLimits()
    check_question(sql)
    began = time.monotonic()
    try:
        with database.deadline(limits.seconds), ThreadPoolExecutor(max_workers=1) as pool:
            # In a thread of its own: the one that hears Ctrl-C must not be inside DuckDB then.
            answer = pool.submit(_answer, database, sql, params, limits.rows)
            try:
                rows, is_cut = answer.result()
            except KeyboardInterrupt:
                database.connection.interrupt()
                raise
    except QueryTimeout as error:
        if time.monotonic() - began < limits.seconds:
            # DuckDB answers Ctrl-C as it answers our own interrupt.
            raise KeyboardInterrupt from error
        raise StoreError(
            f"The query took longer than {limits.seconds:g} seconds and was stopped. Narrow it with a where."
        ) from error
    except QueryFailed as error:
        raise StoreError(_said(str(error))) from error
    if is_cut:
        raise StoreError(
            f"The answer has more than {limits.rows:,} rows."
            " Add a limit, count instead, or export the relation."
        )
    return rows


def _answer(database: Database, sql: str, params: Params | None, count: int) -> tuple[Rows, bool]:
    try:
        return database.query_at_most(count, sql, params)
    except QueryFailed as error:
        # now() has a zone, and DuckDB hands such times to Python with a library that nothing else here needs.
        if "pytz" not in str(error):
            raise
        return database.query_at_most(count, _without_zones(database, sql, params), params)


def _without_zones(database: Database, sql: str, params: Params | None) -> str:
    """The same question; times with a zone come as UTC without one, like all other times here."""
    asked = sql.strip().removesuffix(";")
    shape = database.query(f"from (\n{asked}\n) limit 0", params)
    cells = []
    for place, (name, kind) in enumerate(zip(shape.columns, shape.types, strict=True)):
        plain = "::timestamp" if kind == "TIMESTAMP WITH TIME ZONE" else "::varchar"
        cells.append(f"cell_{place}{plain if 'TIME ZONE' in kind else ''} as {quoted(name)}")
    names = ", ".join(f"cell_{place}" for place in range(len(cells)))
    return f"select {', '.join(cells)} from (\n{asked}\n) as asked ({names})"


def _said(message: str) -> str:
    # Below the first lines DuckDB advises to load, set or install, which is what cannot be done here.
    if any(words in message for words in _CLOSED):
        told = " ".join(message.partition("\n\n")[0].split())
        return f"No file, network, extension or setting can be reached from here. DuckDB says: {told}"
    if message.startswith("Out of Memory"):
        told = message.partition("\n")[0]
        return f"The query needs more memory than it may take (memory_limit in the settings). {told}"
    return message
