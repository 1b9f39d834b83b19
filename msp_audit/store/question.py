"""A question that somebody typed: one select, within limits of time and rows, and nothing else."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from msp_audit.domain import Rows
from msp_audit.errors import StoreError
from msp_audit.store.database import Database, Params, QueryFailed, QueryTimeout, inspect

_CLOSED = "disabled by configuration"
_LOCKED = "configuration has been locked"


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
            answer = pool.submit(database.query_at_most, limits.rows, sql, params)
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


def _said(message: str) -> str:
    if _CLOSED in message or _LOCKED in message:
        return f"No file, network, extension or setting can be reached from here. DuckDB says: {message}"
    if message.startswith("Out of Memory"):
        return f"The query needs more memory than it may take (memory_limit in the settings). {message}"
    return message
