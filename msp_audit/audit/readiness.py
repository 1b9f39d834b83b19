"""Whether a rule may be judged: every list it is made of must have been read completely."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from msp_audit.domain import ResourceReading, Verdict
from msp_audit.store import Database, Views

#: One resource of one source, as ``(source, resource)``.
ResourceName = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """The latest sealed reading of a source, as a run sees it."""

    source: str
    snapshot_id: int
    read_at: datetime
    readings: tuple[ResourceReading, ...]


class Readiness:
    """What can be trusted in one run."""

    def __init__(self, states: Iterable[SourceState], *, views: Views, database: Database) -> None:
        self._states = {state.source: state for state in states}
        self._readings: Mapping[ResourceName, ResourceReading] = {
            (reading.source, reading.resource): reading
            for state in self._states.values()
            for reading in state.readings
        }
        self._views = views
        self._database = database

    def obstacle(self, relations: Iterable[str]) -> str:
        """Why a statement over *relations* cannot be trusted, in one sentence; empty when it can."""
        obstacles = [text for name in sorted(relations) if (text := self._obstacle_of(name))]
        # One reason is enough to act on; the others often share it.
        more = f" (and {len(obstacles) - 1} more)" if len(obstacles) > 1 else ""
        return f"{obstacles[0]}{more}" if obstacles else ""

    def _obstacle_of(self, relation: str) -> str:
        for source, resource in sorted(self._views.resources_of(relation)):
            if source not in self._states:
                return f"{source} is not configured or was never read."
            reading = self._readings.get((source, resource))
            if reading is None:
                return f"{source}.{resource} was never read."
            if reading.verdict is not Verdict.COMPLETE:
                return f"{source}.{resource} is {reading.verdict}: {reading.reason or 'no reason was given.'}"
        if "." in relation and not self._database.has_relation(relation):
            return f"The relation {relation} does not exist."
        return ""


def source_states(
    database: Database, *, sources: Iterable[str], as_of: datetime, stale_after: timedelta
) -> list[SourceState]:
    """The latest snapshot of each of *sources*; complete readings that are too old become *stale*."""
    states: list[SourceState] = []
    for source in sources:
        latest = database.query(
            "select snapshot_id, read_at from audit.snapshots where source = $source"
            " order by snapshot_id desc limit 1",
            {"source": source},
        )
        for snapshot_id, read_at in latest:
            rows = database.query(
                "select resource, verdict, reason from audit.resource_readings where snapshot_id = $id"
                " order by resource",
                {"id": snapshot_id},
            )
            readings = tuple(
                ResourceReading(source=source, resource=resource, verdict=Verdict(verdict), reason=reason)
                for resource, verdict, reason in rows
            )
            if read_at < as_of - stale_after:
                readings = tuple(_aged(reading, read_at) for reading in readings)
            states.append(
                SourceState(source=source, snapshot_id=snapshot_id, read_at=read_at, readings=readings)
            )
    return states


def _aged(reading: ResourceReading, read_at: datetime) -> ResourceReading:
    if reading.verdict is not Verdict.COMPLETE:
        return reading
    return replace(
        reading, verdict=Verdict.STALE, reason=f"it was last read on {read_at:%Y-%m-%d %H:%M} UTC."
    )
