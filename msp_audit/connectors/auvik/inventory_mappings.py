"""Auvik's Inventory Mappings table as a person copied it out of the product; no API returns it."""

from __future__ import annotations

import codecs
import csv
import io
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from msp_audit.connectors.auvik.resources import INVENTORY_MAPPINGS
from msp_audit.connectors.base import Check, Event, Page
from msp_audit.connectors.textfile import MAX_CELL
from msp_audit.domain import Proof, Record, ResourceReading, Verdict

#: Heading in lower case -> our member (seed 001).
COLUMNS: Mapping[str, str] = {
    "domain prefix": "domain_prefix",
    "device name": "device_name",
    "configuration item": "configuration_item",
    "state": "state",
}
#: Seed 001 names these four and no others.
STATES = ("Waiting for Online Time", "Ready to Match", "Matching in Progress", "Mapped and Syncing")
#: A table of a million devices is smaller.
MAX_BYTES = 64 * 1024 * 1024
#: What stands above the table when a whole page was copied, and how many characters that may be.
LINES_BEFORE_HEADER = 50
MAX_ABOVE = 1_000_000
NAMED_LINES = 5

_STATE_OF = {state.lower(): state for state in STATES}
_DAY = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")


@dataclass(slots=True, kw_only=True)
class _Copy:
    """What was understood of the file."""

    records: list[Record] = field(default_factory=list)
    has_header: bool = False
    short_lines: list[int] = field(default_factory=list)
    strange_states: list[int] = field(default_factory=list)


def read_inventory_mappings(
    path: Path, *, max_age_hours: float, now: Callable[[], float] = time.time
) -> Iterator[Event]:
    """Yield the lines of *path* as one page, then the reading.

    *refused*: there is no such file. *partial*: it is not the table, or has lines that do not belong to it.
    *stale*: copied more than *max_age_hours* ago.
    """
    started = time.monotonic()
    try:
        copied_at = _copied_at(path)
        if path.stat().st_size > MAX_BYTES:
            yield _reading(Verdict.REFUSED, f"{path.name} has more than {MAX_BYTES // 1024**2} MB.")
            return
        copy = parsed(path.read_bytes())
    except OSError as error:
        reason = f"{path} cannot be read: {error.strerror}. Correct auvik.inventory_mappings."
        yield _reading(Verdict.REFUSED, reason)
        return
    for record in copy.records:
        record["copied_at"] = copied_at.replace(tzinfo=None).isoformat(timespec="seconds")
    yield Page(resource=INVENTORY_MAPPINGS.name, records=copy.records)
    hours = (now() - copied_at.timestamp()) / 3600
    verdict, reason = _judge(path, copy, hours=hours, max_age_hours=max_age_hours)
    proof = Proof(pages=1, rows=len(copy.records), elapsed_seconds=time.monotonic() - started)
    yield _reading(verdict, reason, proof=proof)


def check_inventory_mappings(
    path: Path, *, max_age_hours: float, now: Callable[[], float] = time.time
) -> Check:
    """A line of ``doctor`` about the file."""
    reading = next(
        event
        for event in read_inventory_mappings(path, max_age_hours=max_age_hours, now=now)
        if isinstance(event, ResourceReading)
    )
    is_ok = reading.verdict is Verdict.COMPLETE
    detail = f"{path.name}: {reading.proof.rows:,} lines" if is_ok else reading.reason
    fix = "" if is_ok else "Copy the table out of Auvik again: docs/connecting/auvik.md."
    return Check(name="auvik inventory mappings", is_ok=is_ok, detail=detail, fix=fix)


def parsed(content: bytes) -> _Copy:
    """The table in *content*, whatever bytes they are; several tables may follow one another."""
    copy = _Copy()
    places: dict[str, int] = {}
    seen: Counter[tuple[str, str]] = Counter()
    for number, cells in _rows(_text(content)):
        found = {COLUMNS[cell.lower()]: place for place, cell in enumerate(cells) if cell.lower() in COLUMNS}
        if len(found) == len(COLUMNS):
            places, copy.has_header = found, True
        elif not places:
            if number >= LINES_BEFORE_HEADER:
                break
        elif any(cells):
            _take(cells, number=number, places=places, copy=copy, seen=seen)
    return copy


def _take(
    cells: list[str], *, number: int, places: Mapping[str, int], copy: _Copy, seen: Counter[tuple[str, str]]
) -> None:
    if len(cells) <= max(places.values()):
        copy.short_lines.append(number)
        return
    record: Record = {member: cells[place] or None for member, place in places.items()}
    state = _STATE_OF.get(str(record["state"]).lower())
    if state is None:
        copy.strange_states.append(number)
        return
    key = (str(record["domain_prefix"]).lower(), str(record["device_name"]).lower())
    seen[key] += 1
    copy.records.append({**record, "state": state, "occurrence": seen[key]})


def _text(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Line number and tidied cells of each line; the delimiter is the one that separates the headings."""
    # No database keeps a NUL; a surrogate half cannot be written as UTF-8.
    text = text.replace("\0", "").encode("utf-8", errors="replace").decode("utf-8")
    delimiter = _delimiter(text)
    lines = io.StringIO(text, newline=None)
    if delimiter == "\t":
        # A browser and a spreadsheet both write cells between tabs; only the latter puts some in quotes.
        for number, line in enumerate(lines, start=1):
            yield number, [_unquoted(cell) for cell in line.rstrip("\n").split("\t")]
        return
    rows = csv.reader(lines, delimiter=delimiter)
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            # A quote that nobody closes swallows the table; one cell is never a line of it.
            row = [f"more than {MAX_CELL:,} characters"]
        yield rows.line_num, [_tidied(cell) for cell in row]


def _delimiter(text: str) -> str:
    for line in text[:MAX_ABOVE].splitlines()[:LINES_BEFORE_HEADER]:
        for delimiter in ("\t", ",", ";"):
            cells = {_unquoted(cell).lower() for cell in line.split(delimiter)}
            if cells >= set(COLUMNS):
                return delimiter
    return "\t"


def _unquoted(cell: str) -> str:
    tidied = _tidied(cell)
    is_quoted = len(tidied) > 1 and tidied[0] == tidied[-1] == '"'
    return _tidied(tidied[1:-1].replace('""', '"')) if is_quoted else tidied


def _tidied(cell: str) -> str:
    return " ".join(cell.replace("\u200b", "").replace("\ufeff", "").split())


def _copied_at(path: Path) -> datetime:
    """The day in the file's name, else when the file was last changed; in UTC.

    Raises:
        OSError: there is no such file.
    """
    changed_at = datetime.fromtimestamp(int(path.stat().st_mtime), tz=UTC)
    found = _DAY.search(path.name)
    try:
        return datetime(*(int(part) for part in found.groups()), tzinfo=UTC) if found else changed_at  # type: ignore[misc,arg-type]
    except ValueError:
        return changed_at


def _judge(path: Path, copy: _Copy, *, hours: float, max_age_hours: float) -> tuple[Verdict, str]:
    if not copy.has_header:
        return Verdict.PARTIAL, (
            f"{path.name} is not the Inventory Mappings table: no line has the headings Domain Prefix, Device"
            " Name, Configuration Item and State. Copy the table with its headings."
        )
    faults = []
    if copy.short_lines:
        faults.append(f"lines with too few cells: {_named(copy.short_lines)}")
    if copy.strange_states:
        faults.append(f"lines whose state is none of the four that Auvik has: {_named(copy.strange_states)}")
    if faults:
        return Verdict.PARTIAL, f"{path.name} has {'; '.join(faults)}. Copy the table again."
    if hours > max_age_hours:
        return Verdict.STALE, (
            f"{path.name} was copied {hours:.0f} hours ago, more than"
            f" auvik.inventory_mappings_max_age_hours = {max_age_hours:g}. Copy the table again."
        )
    return Verdict.COMPLETE, ""


def _named(lines: list[int]) -> str:
    more = len(lines) - NAMED_LINES
    return ", ".join(str(line) for line in lines[:NAMED_LINES]) + (f" and {more} more" if more > 0 else "")


def _reading(verdict: Verdict, reason: str, *, proof: Proof | None = None) -> ResourceReading:
    return ResourceReading(
        source="auvik",
        resource=INVENTORY_MAPPINGS.name,
        verdict=verdict,
        reason=reason,
        proof=proof or Proof(),
    )
