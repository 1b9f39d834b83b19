"""Reads the configured sources side by side into spools, and seals each one as it ends."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import cast

from msp_audit import __version__
from msp_audit.connectors import connector
from msp_audit.connectors.base import Connector, Page
from msp_audit.connectors.tape import Tape, taped
from msp_audit.domain import ResourceReading, Verdict
from msp_audit.errors import SettingsError, SourceError, SourceRefused
from msp_audit.settings import Settings
from msp_audit.store import Shrinkage, Snapshot, Spool, Store
from msp_audit.store.parquet import parquet_rows
from msp_audit.store.spool import MAX_RECORD_BYTES
from msp_audit.workspace.stages import stage

#: Told while reading: source, resource, rows so far, rows expected (None where unknown).
SnapshotProgress = Callable[[str, str, int, int | None], None]

#: What an operator need not be told of: read, or not to be had this way and named so in the report.
_EXPECTED = (Verdict.COMPLETE, Verdict.ABSENT)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    connector: Connector
    spool: Spool
    readings: tuple[ResourceReading, ...]


class _Interrupted(Exception):
    """Another source cannot go on, or the user does not want to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sources:
    """What the threads that read share."""

    store: Store
    settings: Settings
    progress: SnapshotProgress | None
    tape: Tape | None
    stop: threading.Event = field(default_factory=threading.Event)
    #: Connectors at work; closed from outside to end them.
    open: dict[str, Connector] = field(default_factory=dict)

    def end(self) -> None:
        """Let every thread end at its next page or wait."""
        self.stop.set()
        for reader in tuple(self.open.values()):
            reader.close()


def read_sources(
    store: Store,
    *,
    settings: Settings,
    sources: Sequence[str],
    now: Callable[[], datetime],
    shrinkage: Shrinkage,
    progress: SnapshotProgress | None = None,
    tape: Tape | None = None,
) -> tuple[Snapshot, ...]:
    """Read and seal *sources*; one that fails is sealed with that verdict, and the others go on.

    *tape* keeps the raw answers, or gives them instead of the servers.
    """
    shared = _Sources(store=store, settings=settings, progress=progress, tape=tape)
    read_at = now()
    snapshots: dict[str, Snapshot] = {}
    futures: dict[Future[_Read], str] = {}
    with ThreadPoolExecutor(max_workers=max(1, len(sources)), thread_name_prefix="read") as pool:
        try:
            futures = {pool.submit(_read, shared, source): source for source in sources}
            for future in as_completed(futures):
                read = future.result()
                with read.spool:
                    checked = _without_other_versions(store, read, shrinkage)
                    snapshots[futures[future]] = _seal(store, checked, read_at, now(), shrinkage)
        except BaseException:
            # An interrupt, or a store that cannot be written.
            shared.end()
            _remove_spools(futures)
            raise
    return tuple(snapshots[source] for source in sources)


def open_tape(*, record: Path | None, replay: Path | None) -> Tape | None:
    """The tape of a snapshot, if any.

    Raises:
        SettingsError: the folder to record in is not empty, or the one to replay holds no recording.
    """
    if record is None and replay is None:
        return None
    from msp_audit.connectors.recording import Recording, Replay

    if record is not None and replay is not None:
        raise SettingsError("A snapshot is either recorded or replayed; name one folder.")
    return Recording(record) if record is not None else Replay(cast("Path", replay))


def _remove_spools(futures: Iterable[Future[_Read]]) -> None:
    for future in futures:
        if not future.cancel() and future.exception() is None:
            with future.result().spool:
                pass


def _without_other_versions(store: Store, read: _Read, shrinkage: Shrinkage) -> _Read:
    """*read* without the lists that came by another API version than what is known of them."""
    members = {resource.name: resource.version_member for resource in read.connector.resources}
    readings = []
    for reading in read.readings:
        member = members.get(reading.resource, "")
        came = read.spool.first(reading.resource, member=member) if member else None
        known = (
            store.landed_version(reading.source, reading.resource, member=member)
            if came is not None and not shrinkage.is_accepted
            else None
        )
        if known is not None and known != came:
            read.spool.drop(reading.resource)
            reason = (
                f"It was read by {came} of the API, and what is known by {known}; two versions are not "
                f"compared. Run 'msp-audit snapshot --accept-shrink' to go on with {came}."
            )
            reading = replace(reading, verdict=Verdict.STALE, reason=reason)  # noqa: PLW2901
        readings.append(reading)
    return replace(read, readings=tuple(readings))


def _seal(
    store: Store, read: _Read, read_at: datetime, sealed_at: datetime, shrinkage: Shrinkage
) -> Snapshot:
    with stage(f"{read.connector.source} kept"):
        snapshot = store.seal(
            source=read.connector.source,
            read_at=read_at,
            sealed_at=sealed_at,
            spool=read.spool,
            readings=read.readings,
            keys={resource.name: resource.key for resource in read.connector.resources},
            shrinkage=shrinkage,
            program_version=__version__,
        )
    for reading in snapshot.readings:
        _log.log(
            logging.INFO if reading.verdict in _EXPECTED else logging.WARNING,
            "%s.%s %s: %d rows, %d pages, %d requests, %d retries, %.1f s. %s",
            reading.source,
            reading.resource,
            reading.verdict.value,
            reading.proof.rows,
            reading.proof.pages,
            reading.proof.requests,
            reading.proof.retries,
            reading.proof.elapsed_seconds,
            reading.reason,
        )
    return snapshot


def _read(shared: _Sources, source: str) -> _Read:
    is_replay = shared.tape is not None and shared.tape.is_offline
    spool = shared.store.spool(source)
    try:
        reader = connector(source, settings=shared.settings, is_replay=is_replay, parquet=parquet_rows)
        shared.open[source] = reader
        try:
            with taped(shared.tape):
                readings = _spooled(reader, spool, shared)
        finally:
            reader.close()
        if shared.stop.is_set():
            raise _Interrupted
    except BaseException:
        with spool:
            raise
    return _Read(connector=reader, spool=spool, readings=readings)


def _spooled(reader: Connector, spool: Spool, shared: _Sources) -> tuple[ResourceReading, ...]:
    """The readings of every resource of one source, in its order; their records wait in *spool*."""
    source = reader.source
    readings: dict[str, ResourceReading] = {}

    def told(resource: str, rows: int, expected: int | None) -> None:
        if shared.progress is not None:
            shared.progress(source, resource, rows, expected)

    order = [resource.name for resource in reader.resources]
    left_out: Counter[str] = Counter()
    try:
        for event in (events := reader.read(progress=told)):
            if shared.stop.is_set():
                break
            if isinstance(event, Page):
                left_out[event.resource] += spool.add(event.resource, event.records)
            else:
                readings[event.resource] = event
        if isinstance(events, Generator):
            # Left in the middle, it ends what it has in flight.
            events.close()
    except SourceError as error:
        readings |= {name: _failed(source, name, error) for name in order if name not in readings}
    told_of = (_without(reading, left_out[reading.resource]) for reading in readings.values())
    return tuple(sorted(told_of, key=lambda reading: order.index(reading.resource)))


def _without(reading: ResourceReading, count: int) -> ResourceReading:
    """*reading* as it is judged after *count* of its records were too large to keep."""
    if not count:
        return reading
    told = f"{count:,} of its records were larger than {MAX_RECORD_BYTES:,} bytes and left out."
    verdict = Verdict.PARTIAL if reading.verdict is Verdict.COMPLETE else reading.verdict
    return replace(reading, verdict=verdict, reason=f"{reading.reason} {told}".strip(), missing_columns=())


def _failed(source: str, resource: str, error: SourceError) -> ResourceReading:
    # Not read at all: what is known of it, if anything, is from an earlier day.
    verdict = Verdict.REFUSED if isinstance(error, SourceRefused) else Verdict.STALE
    return ResourceReading(source=source, resource=resource, verdict=verdict, reason=str(error))
