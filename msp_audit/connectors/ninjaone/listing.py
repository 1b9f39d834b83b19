"""Reads one list of NinjaOne to its empty last page: each record once, and a verdict with its reason."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import orjson

from msp_audit.connectors.base import Event, Page, Progress, Resource
from msp_audit.connectors.http import Answer, Api, Params
from msp_audit.connectors.ninjaone.resources import EXPECTED
from msp_audit.domain import Proof, Record, ResourceReading, Verdict
from msp_audit.errors import SourceChanged, SourceError, SourceRefused

#: The description names no maximum; what is asked for need not be what comes.
PAGE_ROWS = 1_000
#: A list longer than this many pages is a loop.
MAX_PAGES = 20_000
#: Fewer rows may all lack a member; of more, one has it unless the model has changed.
ROWS_THAT_SHOW_A_MODEL = 10

#: The pages of a list, as they come.
Pages = Callable[[Api, Resource, int], Iterator[list[Record]]]


@dataclass(slots=True, kw_only=True)
class Tally:
    """What was counted while a list was read."""

    pages: int = 0
    rows: int = 0
    duplicates: int = 0
    without_key: int = 0
    seen: set[object] = field(default_factory=set)
    #: Expected members that some record had.
    present: set[str] = field(default_factory=set)


def read_list(
    api: Api,
    *,
    resource: Resource,
    pages: Pages,
    page_rows: int,
    land: Callable[[Record], Record],
    tally: Tally,
    progress: Progress | None = None,
) -> Iterator[Event]:
    """Yield the records of *resource*, each once and as *land* makes them, then its reading.

    A short page is no end: a server may give fewer rows than it was asked for. Only an empty page is.
    """
    started = time.monotonic()
    verdict, reason = Verdict.COMPLETE, ""
    try:
        for records in pages(api, resource, page_rows):
            known = len(tally.seen)
            fresh = _fresh(records, resource=resource, tally=tally, land=land)
            if len(tally.seen) == known and not tally.without_key:
                raise SourceChanged(
                    f"ninjaone repeats records of '{resource.name}': page {tally.pages + 1} holds nothing "
                    f"new. The list may be incomplete; try again later."
                )
            tally.pages += 1
            tally.rows += len(fresh)
            yield Page(resource=resource.name, records=fresh)
            if progress is not None:
                progress(resource.name, tally.rows, None)
    except SourceRefused as error:
        verdict = Verdict.PARTIAL if tally.rows else Verdict.REFUSED
        reason = f"{error} Give the API client {resource.right}."
    except SourceError as error:
        verdict, reason = Verdict.PARTIAL, str(error)
    if verdict is Verdict.COMPLETE and (doubt := _doubt(tally, resource=resource)):
        verdict, reason = Verdict.PARTIAL, doubt
    usage = api.usage(resource.name)
    proof = Proof(
        pages=tally.pages,
        rows=tally.rows,
        duplicates=tally.duplicates,
        requests=usage.requests,
        retries=usage.retries,
        elapsed_seconds=time.monotonic() - started,
    )
    yield ResourceReading(
        source="ninjaone", resource=resource.name, verdict=verdict, reason=reason, proof=proof
    )


def pages_after(api: Api, resource: Resource, page_rows: int) -> Iterator[list[Record]]:
    """Pages that begin behind the last id of the page before, until an empty one.

    Raises:
        SourceChanged: ids do not rise, so that the last one says nothing about what is left.
    """
    last: int | None = None
    for _ in range(MAX_PAGES):
        params: dict[str, str | int] = {"pageSize": page_rows}
        if last is not None:
            params["after"] = last
        records = api.get(resource.path, params=params, resource=resource.name).records()
        if not records:
            return
        last = _last_id(records, resource=resource, after=last)
        yield records
    raise _endless(resource)


def pages_by_cursor(api: Api, resource: Resource, page_rows: int) -> Iterator[list[Record]]:
    """Pages of a report, by the cursor that each answer names, until an empty one.

    Raises:
        SourceChanged: an answer of another shape, or a full page that names no cursor.
    """
    params: Params = {"pageSize": page_rows}
    for _ in range(MAX_PAGES):
        records, cursor = report(api.get(resource.path, params=params, resource=resource.name))
        if not records:
            return
        yield records
        if cursor is None:
            # A page is measured in devices, of which some have several rows.
            if len({record.get("deviceId") for record in records}) >= page_rows:
                raise SourceChanged(
                    f"ninjaone's report '{resource.name}' has a full page and does not say how to go on."
                )
            return
        params = {"pageSize": page_rows, "cursor": cursor}
    raise _endless(resource)


def report(answer: Answer) -> tuple[list[Record], str | None]:
    """The records of one page of a report, and the name of the cursor that leads on.

    Raises:
        SourceChanged: the answer is no report.
    """
    data = answer.data()
    results = data.get("results") if isinstance(data, dict) else None
    if not isinstance(results, list) or not all(isinstance(item, dict) for item in results):
        raise SourceChanged(f"ninjaone answered '{answer.resource}' without a list of results.")
    cursor = data.get("cursor")
    name = cursor.get("name") if isinstance(cursor, dict) else None
    return results, name if isinstance(name, str) and name else None


def _last_id(records: list[Record], *, resource: Resource, after: int | None) -> int:
    ids = [record["id"] for record in records if _is_id(record.get("id"))]
    if not ids or ids != sorted(ids) or (after is not None and ids[-1] <= after):
        raise SourceChanged(
            f"ninjaone's list of '{resource.name}' does not go on behind its last id. It may be incomplete; "
            f"try again later."
        )
    return int(ids[-1])


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _fresh(
    records: list[Record], *, resource: Resource, tally: Tally, land: Callable[[Record], Record]
) -> list[Record]:
    fresh: list[Record] = []
    for record in records:
        landed = land({name: record[name] for name in resource.fields if name in record})
        owner = landed.get(resource.key[0] if resource.key else "deviceId")
        identity = owner if resource.key else _digest(landed)
        if not _is_id(owner):
            tally.without_key += 1
        elif identity in tally.seen:
            tally.duplicates += 1
        else:
            tally.seen.add(identity)
            tally.present |= {name for name in EXPECTED[resource.name] if landed.get(name) is not None}
            fresh.append(landed)
    return fresh


def _digest(landed: Record) -> bytes:
    written = orjson.dumps(landed, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(written, digest_size=16).digest()


def _doubt(tally: Tally, *, resource: Resource) -> str:
    """Why a list that was read to its end is not to be believed; empty when it is."""
    if tally.without_key:
        return f"ninjaone sent {tally.without_key} records of '{resource.name}' without an id."
    missing = [name for name in EXPECTED[resource.name] if name not in tally.present]
    if missing and tally.rows >= ROWS_THAT_SHOW_A_MODEL:
        return f"No record of '{resource.name}' has a {', '.join(missing)}; ninjaone's answer has changed."
    return ""


def _endless(resource: Resource) -> SourceChanged:
    return SourceChanged(f"ninjaone's list of '{resource.name}' does not end after {MAX_PAGES} pages.")
