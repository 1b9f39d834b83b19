"""Reads the configured sources side by side into spools, and seals each one as it ends."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime

from msp_audit import __version__
from msp_audit.connectors import connector
from msp_audit.connectors.base import Connector, Page
from msp_audit.domain import ResourceReading, Verdict
from msp_audit.errors import SourceError, SourceRefused
from msp_audit.settings import Settings
from msp_audit.store import Shrinkage, Snapshot, Spool, Store

#: Told while reading: source, resource, rows so far, rows expected (None where unknown).
SnapshotProgress = Callable[[str, str, int, int | None], None]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    connector: Connector
    spool: Spool
    readings: tuple[ResourceReading, ...]


def read_sources(
    store: Store,
    *,
    settings: Settings,
    sources: Sequence[str],
    now: Callable[[], datetime],
    shrinkage: Shrinkage,
    progress: SnapshotProgress | None = None,
) -> tuple[Snapshot, ...]:
    """Read and seal *sources*; one that fails is sealed with that verdict, and the others go on."""
    stop = threading.Event()
    read_at = now()
    snapshots: dict[str, Snapshot] = {}
    with ThreadPoolExecutor(max_workers=max(1, len(sources)), thread_name_prefix="read") as pool:
        futures: dict[Future[_Read], str] = {
            pool.submit(_read, store, settings, source, stop, progress): source for source in sources
        }
        try:
            for future in as_completed(futures):
                read = future.result()
                with read.spool:
                    snapshots[futures[future]] = _seal(store, read, read_at, now(), shrinkage)
        except BaseException:
            # An interrupt, or a store that cannot be written: the others stop at their next page.
            stop.set()
            raise
    return tuple(snapshots[source] for source in sources)


def _seal(
    store: Store, read: _Read, read_at: datetime, sealed_at: datetime, shrinkage: Shrinkage
) -> Snapshot:
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
            logging.INFO if reading.verdict is Verdict.COMPLETE else logging.WARNING,
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


def _read(
    store: Store, settings: Settings, source: str, stop: threading.Event, progress: SnapshotProgress | None
) -> _Read:
    spool = store.spool(source)
    reader = connector(source, settings=settings)
    readings: dict[str, ResourceReading] = {}

    def told(resource: str, rows: int, expected: int | None) -> None:
        if progress is not None:
            progress(source, resource, rows, expected)

    try:
        for event in reader.read(progress=told):
            if stop.is_set():
                break
            if isinstance(event, Page):
                spool.add(event.resource, event.records)
            else:
                readings[event.resource] = event
    except SourceError as error:
        missing = [resource.name for resource in reader.resources if resource.name not in readings]
        readings.update({name: _failed(source, name, error) for name in missing})
    except BaseException:
        with spool:
            raise
    finally:
        reader.close()
    return _Read(connector=reader, spool=spool, readings=tuple(readings.values()))


def _failed(source: str, resource: str, error: SourceError) -> ResourceReading:
    # Not read at all: what is known of it, if anything, is from an earlier day.
    verdict = Verdict.REFUSED if isinstance(error, SourceRefused) else Verdict.STALE
    return ResourceReading(source=source, resource=resource, verdict=verdict, reason=str(error))
