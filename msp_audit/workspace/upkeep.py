"""Whether the machinery itself is well: last good readings, what is overdue, what the files take."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from msp_audit.connectors import configured_sources
from msp_audit.domain import Rows
from msp_audit.settings import Settings
from msp_audit.store import Publication, Reader

_COLUMNS = ("what", "name", "last_good_at", "is_overdue", "megabytes")
_TYPES = ("VARCHAR", "VARCHAR", "TIMESTAMP", "BOOLEAN", "DOUBLE")
#: A reading is good when every list that the source can give at all was complete.
_GOOD = """
select readings.source, max(readings.read_at) as last_good_at
from (
    select snapshots.source, snapshots.snapshot_id, snapshots.read_at
    from audit.snapshots as snapshots
    join audit.resource_readings as lists on snapshots.snapshot_id = lists.snapshot_id
    group by snapshots.source, snapshots.snapshot_id, snapshots.read_at
    having bool_and(lists.verdict in ('complete', 'absent')) and bool_or(lists.verdict = 'complete')
) as readings
group by readings.source
"""


def upkeep_of(settings: Settings, *, now: datetime) -> Rows:
    """One row for the runs, one a configured source, one a file."""
    published = settings.root / settings.store.published
    latest: datetime | None = None
    good: dict[str, datetime] = {}
    if Publication(published).current().exists():
        with Reader(published, memory_limit=settings.store.memory_limit) as reader:
            latest = reader.query("select max(as_of) from audit.runs where finished_at is not null").scalar()
            good = dict(reader.query(_GOOD).rows)
    oldest = now - timedelta(hours=settings.store.overdue_after_hours)
    rows: list[tuple[Any, ...]] = [("run", "latest", latest, latest is None or latest < oldest, None)]
    for source in configured_sources(settings):
        last = good.get(source)
        rows.append(("source", source, last, last is None or last < oldest, None))
    files = {
        "store": settings.root / settings.store.folder / "store.duckdb",
        "published": Publication(published).current(),
    }
    for name, path in files.items():
        size = round(path.stat().st_size / 1e6, 1) if path.exists() else 0.0
        rows.append(("file", name, None, False, size))
    return Rows(columns=_COLUMNS, types=_TYPES, rows=tuple(rows))
