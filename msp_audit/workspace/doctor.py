"""What ``msp-audit doctor`` finds out about the machine itself; sources tell about themselves."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from msp_audit.connectors import connector
from msp_audit.connectors.base import Check
from msp_audit.errors import MspAuditError
from msp_audit.settings import Settings
from msp_audit.store.parquet import parquet_rows

#: Room that a run should find: spools, the store's copy and reports of a middling estate.
LEAST_FREE_BYTES = 1_000_000_000
#: A run needs about this many times the room of the published database.
COPIES = 4


def check_sources(settings: Settings, *, sources: tuple[str, ...]) -> Iterator[tuple[str, Check]]:
    """Ask each of *sources*; one that cannot even be asked is a failed check."""
    for source in sources:
        try:
            checked = connector(source, settings=settings, parquet=parquet_rows)
            try:
                for check in checked.check():
                    yield source, check
            finally:
                checked.close()
        except MspAuditError as error:
            fix = f"Edit [{source}] in the settings."
            yield source, Check(name=f"{source} settings", is_ok=False, detail=str(error), fix=fix)


def check_disk(folder: Path, *, published: Path, free: int | None = None) -> Check:
    """Whether the workspace's folder can be written and has room for a run."""
    if not os.access(folder, os.W_OK):
        fix = f"Let the user that runs msp-audit write in {folder}."
        return Check(name="disk", is_ok=False, detail=f"{folder} cannot be written", fix=fix)
    free = shutil.disk_usage(folder).free if free is None else free
    held = published.stat().st_size if published.exists() else 0
    wanted = max(LEAST_FREE_BYTES, COPIES * held)
    is_ok = free >= wanted
    return Check(
        name="disk",
        is_ok=is_ok,
        detail=f"{free / 1e9:,.1f} GB free",
        fix="" if is_ok else f"Make room on the disk of {folder}: {wanted / 1e9:,.1f} GB are wanted.",
    )
