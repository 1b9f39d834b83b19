"""The copy that people open: written beside, then swapped in, so that a reader sees one run or the next."""

from __future__ import annotations

import os
from pathlib import Path

from msp_audit.errors import StoreError
from msp_audit.store.database import Database, QueryFailed, quoted, text_literal


def publish(database: Database, *, target: Path) -> None:
    """Replace *target* by a compact copy of *database*.

    A program that has the old copy open keeps reading it. Copying also sheds the room that changes left.

    Raises:
        StoreError: the copy cannot be written or swapped in; the old one stays as it was.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.{os.getpid()}.new")
    _remove(fresh)
    try:
        name = str(database.query("select current_database()").scalar())
        database.execute(f"attach {text_literal(str(fresh))} as published")
        try:
            database.execute(f"copy from database {quoted(name)} to published")
            database.execute("checkpoint published")
        finally:
            database.execute("detach published")
        fresh.replace(target)
    except (QueryFailed, OSError) as error:
        raise StoreError(
            f"{target} could not be replaced; what was published before stays. {error}"
        ) from error
    finally:
        _remove(fresh)


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)
