"""Whether a rule may be judged: every list it is made of must have been read completely."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce

from msp_audit.domain import ResourceReading, Rule, Verdict
from msp_audit.store import Database, Lineage, Views, inspect
from msp_audit.store.parts import Needs, ResourceName

#: The source whose tools each report what the settings declare; the others report everything.
FILES = "files"
#: Sources that some rules are about alone; where none is configured these judge nothing, and say nothing.
OPTIONAL = frozenset({FILES, "ninjaone"})
#: What a tool may report, in words.
CAPABILITIES = {
    "serial_number": "serial numbers",
    "mac_address": "MAC addresses",
    "last_seen_at": "when it last heard of an asset",
    "is_online": "which assets are online",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """The latest sealed reading of a source, as a run sees it."""

    source: str
    snapshot_id: int
    read_at: datetime
    readings: tuple[ResourceReading, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What a rule that judges tool by tool may stand on."""

    #: Why nothing can be judged; empty when something can.
    obstacle: str = ""
    #: The tools whose assets are judged: ``auvik``, ``ninjaone``, and those of ``[files]``.
    tools: tuple[str, ...] = ()
    #: Sentences on what is left out.
    gaps: tuple[str, ...] = ()


class Readiness:
    """What can be trusted in one run; *sources* are the configured ones, by default those that were read."""

    def __init__(
        self,
        states: Iterable[SourceState],
        *,
        views: Views,
        database: Database,
        sources: Iterable[str] | None = None,
    ) -> None:
        self._states = {state.source: state for state in states}
        self._readings: Mapping[ResourceName, ResourceReading] = {
            (reading.source, reading.resource): reading
            for state in self._states.values()
            for reading in state.readings
        }
        self._views = views
        self._lineage = Lineage(views)
        self._database = database
        self._sources = frozenset(self._states if sources is None else sources)

    def obstacle(self, relations: Iterable[str]) -> str:
        """Why a statement over *relations* cannot be trusted, in one sentence; empty when it can."""
        obstacles = [text for name in sorted(relations) if (text := self._obstacle_of(name))]
        # One reason is enough to act on; the others often share it.
        more = f" (and {len(obstacles) - 1} more)" if len(obstacles) > 1 else ""
        return f"{obstacles[0]}{more}" if obstacles else ""

    def grounds(self, relations: Collection[str], *, needs: Sequence[str]) -> Grounds:
        """For which tools a statement over *relations* can be trusted that needs *needs* of each."""
        needed = self._needs(relations)
        # A rule that reads one of these sources itself is about that source's tools alone.
        parts = {
            **needed.parts,
            **{source: frozenset() for source, _ in needed.common if source in OPTIONAL},
        }
        sources = {source for source in parts if " " not in source}
        if sources and sources <= OPTIONAL and not any(map(self._is_known, sources)):
            # The settings name no tool, so there is none whose assets could be judged.
            return Grounds()
        obstacle = next((text for name in sorted(relations) if (text := self._common_obstacle(name))), "")
        if obstacle:
            return Grounds(obstacle=obstacle)
        tools: list[str] = []
        gaps: list[str] = []
        for source in sorted(sources):
            if source not in self._sources:
                gaps += [_no_longer(source)] if self._was_read(source) else []
            elif blocked := self._obstacle_among(parts[source]):
                gaps.append(blocked)
            elif source == FILES:
                able, unable = self._tools(needs)
                tools += able
                gaps += unable
            else:
                tools.append(source)
        if tools:
            return Grounds(tools=tuple(tools), gaps=tuple(gaps))
        return Grounds(obstacle=" ".join(gaps) or _none_of(sources))

    def _tools(self, needs: Sequence[str]) -> tuple[list[str], list[str]]:
        """The tools of ``[files]`` that report all of *needs*, and why the others do not count."""
        able: list[str] = []
        unable: list[str] = []
        for record in self._database.query("select * from files.tools order by tool").records():
            missing = [CAPABILITIES[need] for need in needs if not record[f"reports_{need}"]]
            if missing:
                unable.append(f"{record['tool']} does not report {' and '.join(missing)}.")
            else:
                able.append(record["tool"])
        return able, unable

    def _needs(self, relations: Iterable[str]) -> Needs:
        return reduce(Needs.together, (self._views.needs_of(name) for name in relations), Needs())

    def missing_column(self, rule: Rule) -> str:
        """The columns that *rule* reads and a server has not, and the settings that would map them."""
        relations = {*inspect(rule.sql).relations, rule.subject}
        needed = {name for relation in relations for name in self._views.resources_of(relation)}
        params = {**rule.params, "as_of": datetime(2000, 1, 1)}  # noqa: DTZ001  (binds; never judges)
        lacking = [
            (source, column)
            for source, resource in sorted(needed)
            if (reading := self._readings.get((source, resource))) is not None
            for column in reading.missing_columns
            if self._lineage.uses(
                rule.sql, params, source=source, resource=resource, member=column.rpartition(".")[2]
            )
        ]
        if not lacking:
            return ""
        settings = ", ".join(f'"{column}" = "its name"' for _, column in lacking)
        named = ", ".join(column for _, column in lacking)
        source = lacking[0][0]
        return f"{source} has no column {named}. If it is called otherwise: {source}.aliases {settings}."

    def _obstacle_of(self, relation: str) -> str:
        if obstacle := self._common_obstacle(relation):
            return obstacle
        parts = self._views.needs_of(relation).parts
        if parts and not self._sources.intersection(parts):
            return _none_of(parts)
        for source, resources in sorted(parts.items()):
            if source in self._sources and (obstacle := self._obstacle_among(resources)):
                return obstacle
            if source not in self._sources and self._was_read(source):
                return _no_longer(source)
        return ""

    def _common_obstacle(self, relation: str) -> str:
        """The same without what comes from parts."""
        obstacle = self._obstacle_among(self._views.needs_of(relation).common)
        if not obstacle and "." in relation and not self._database.has_relation(relation):
            if parts := self._views.needs_of(relation).parts:
                blocked = [
                    self._obstacle_among(parts[source]) for source in sorted(self._sources & set(parts))
                ]
                return next((text for text in blocked if text), _none_of(parts))
            return f"The relation {relation} does not exist."
        return obstacle

    def _obstacle_among(self, resources: Iterable[ResourceName]) -> str:
        for source, resource in sorted(resources):
            if source not in self._states:
                return f"{source} is not configured or was never read."
            reading = self._readings.get((source, resource))
            if reading is None:
                return f"{source}.{resource} was never read."
            if not reading.has_all_records:
                return f"{source}.{resource} is {reading.verdict}: {reading.reason or 'no reason was given.'}"
        return ""

    def _is_known(self, source: str) -> bool:
        return source in self._sources or self._was_read(source)

    def _was_read(self, source: str) -> bool:
        found = self._database.query(
            "select exists (select 1 from audit.snapshots where source = $source)", {"source": source}
        )
        return bool(found.scalar())


def _no_longer(source: str) -> str:
    return f"{source} is not configured any more; what was read of it earlier is still known."


def _none_of(parts: Iterable[str]) -> str:
    named = sorted(part for part in parts if " " not in part)
    return f"None of {', '.join(named)} is configured."


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
                "select resource, verdict, reason, coalesce(missing_columns, '')"
                " from audit.resource_readings where snapshot_id = $id order by resource",
                {"id": snapshot_id},
            )
            readings = tuple(
                ResourceReading(
                    source=source,
                    resource=resource,
                    verdict=Verdict(verdict),
                    reason=reason,
                    missing_columns=tuple(filter(None, missing.split(", "))),
                )
                for resource, verdict, reason, missing in rows
            )
            if read_at < as_of - stale_after:
                readings = tuple(_aged(reading, read_at) for reading in readings)
            states.append(
                SourceState(source=source, snapshot_id=snapshot_id, read_at=read_at, readings=readings)
            )
    return states


def _aged(reading: ResourceReading, read_at: datetime) -> ResourceReading:
    if not reading.has_all_records:
        return reading
    return replace(
        reading, verdict=Verdict.STALE, reason=f"it was last read on {read_at:%Y-%m-%d %H:%M} UTC."
    )
