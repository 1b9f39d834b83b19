"""Reads exported database tables: one CSV or TSV file each, named after the physical table."""

from __future__ import annotations

import csv
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from msp_audit.connectors.automate.names import Names
from msp_audit.connectors.automate.tables import Table
from msp_audit.connectors.base import Event, Page, Progress
from msp_audit.connectors.textfile import (
    MAX_BAD_LINES,
    TooLong,
    delimiters_of,
    encoding_of,
    find_tables,
    first_line,
    rows_of,
)
from msp_audit.domain import Proof, Record, ResourceReading, Verdict

SUFFIXES = (".csv", ".tsv", ".txt")
#: How MySQL's own tools write a missing value. A name that reads exactly so is taken for missing too.
NULLS = frozenset({"", "\\N", "NULL"})
PAGE_ROWS = 5_000
#: Line numbers that a reason names before it only counts.
NAMED_LINES = 5
#: The names that we know, without any from the settings.
ANY = Names()


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The first line of an export, understood."""

    encoding: str
    delimiter: str
    #: Cells of a whole row.
    width: int
    #: Our column -> its place in the row.
    places: Mapping[str, int]
    missing: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class _Tally:
    rows: int = 0
    duplicates: int = 0
    pages: int = 0
    #: The first few lines that do not fit, and how many there are.
    bad_lines: list[int] = field(default_factory=list)
    bad_count: int = 0
    #: What makes the reading partial, besides the bad lines.
    faults: list[str] = field(default_factory=list)

    def bad(self, line: int) -> None:
        """Count a line that does not fit.

        Raises:
            TooLong: so many do not that the rest is not worth reading.
        """
        self.bad_count += 1
        if self.bad_count > MAX_BAD_LINES:
            raise TooLong(f"has more than {MAX_BAD_LINES:,} lines that do not fit its header")
        if len(self.bad_lines) < NAMED_LINES:
            self.bad_lines.append(line)


def find_exports(folder: Path) -> dict[str, Path]:
    """Physical table in lower case -> its file in *folder*; the extension decides between several."""
    return find_tables(folder, suffixes=SUFFIXES)


def file_of(table: Table, *, files: Mapping[str, Path], names: Names) -> Path | None:
    """The export of *table* among *files*, under any name that it may have."""
    return next((files[n.lower()] for n in names.of_table(table.physical) if n.lower() in files), None)


def read_header(path: Path, *, table: Table, names: Names = ANY) -> Header | None:
    """What the first line of *path* says about *table*; None when the file is empty.

    Names match without regard to case. The delimiter is the one that finds most columns.

    Raises:
        TooLong: its first line is no header.
    """
    encoding = encoding_of(path)
    first = first_line(path, encoding=encoding)
    if not first.strip():
        return None
    headers = [
        _header(first, delimiter=each, encoding=encoding, table=table, names=names)
        for each in delimiters_of(path)
    ]
    return max(headers, key=lambda header: len(header.places))


def _header(line: str, *, delimiter: str, encoding: str, table: Table, names: Names) -> Header:
    cells = next(csv.reader([line], delimiter=delimiter), [])
    there = [cell.strip().lower() for cell in cells]
    places = {}
    for column in table.columns:
        candidates = (name.lower() for name in names.of_column(table.physical, column))
        if found := next((name for name in candidates if name in there), None):
            places[column] = there.index(found)
    return Header(
        encoding=encoding,
        delimiter=delimiter,
        width=len(cells),
        places=places,
        missing=tuple(column for column in table.required if column not in places),
    )


def read_export(
    path: Path,
    *,
    table: Table,
    max_age_hours: float,
    names: Names = ANY,
    now: Callable[[], float] = time.time,
    progress: Progress | None = None,
) -> Iterator[Event]:
    """Yield the rows of *path* as pages, then the reading of *table*'s resource.

    *absent*: the file is empty. *partial*: a required column is missing, lines do not fit the header, or
    the file changed meanwhile. *stale*: older than *max_age_hours*. Constant memory but for the keys seen.
    """
    started = time.monotonic()
    tally = _Tally()
    missing: tuple[str, ...] = ()
    try:
        before = path.stat()
        header = read_header(path, table=table, names=names)
        if header is None:
            reason = f"{path.name} is empty, without even a header. Export it again."
            yield _reading(table, Verdict.ABSENT, reason)
            return
        if header.places and set(table.resource.key) <= set(header.places):
            for page in _pages(path, header=header, table=table, tally=tally):
                yield page
                if progress is not None:
                    progress(table.name, tally.rows, None)
            if not tally.bad_lines:
                missing = tuple(f"{table.physical}.{column}" for column in header.missing)
        tally.faults += [_lack(f"{table.physical}.{column}") for column in header.missing]
        if _identity(path.stat()) != _identity(before):
            tally.faults.append("changed while it was read; let the export end before the snapshot begins")
            missing = ()
    except TooLong as error:
        tally.faults.append(f"{error}; export it again")
        missing, before = (), None
    except (OSError, UnicodeError) as error:
        # The text of a UnicodeError quotes the data; its kind is enough.
        cause = error.strerror if isinstance(error, OSError) else "it is not text in one encoding"
        tally.faults.append(f"could not be read to its end ({cause})")
        missing = ()
        before = None
    age_hours = (now() - before.st_mtime) / 3600 if before else 0.0
    verdict, reason = _judge(path, tally=tally, age_hours=age_hours, max_age_hours=max_age_hours)
    proof = Proof(
        pages=tally.pages,
        rows=tally.rows,
        duplicates=tally.duplicates,
        elapsed_seconds=time.monotonic() - started,
    )
    if age_hours > max_age_hours:
        missing = ()
    yield replace(_reading(table, verdict, reason, proof=proof), missing_columns=missing)


def _pages(path: Path, *, header: Header, table: Table, tally: _Tally) -> Iterator[Page]:
    seen: set[tuple[str | None, ...]] = set()
    batch: list[Record] = []
    for record in _records(path, header=header, table=table, tally=tally):
        if table.resource.key:
            key = tuple(record[member] for member in table.resource.key)
            if key in seen:
                tally.duplicates += 1
                continue
            seen.add(key)
        tally.rows += 1
        batch.append(record)
        if len(batch) == PAGE_ROWS:
            tally.pages += 1
            yield Page(resource=table.name, records=batch)
            batch = []
    if batch:
        tally.pages += 1
        yield Page(resource=table.name, records=batch)


def _records(path: Path, *, header: Header, table: Table, tally: _Tally) -> Iterator[Record]:
    for line, row in rows_of(path, encoding=header.encoding, delimiter=header.delimiter):
        if row is None:
            tally.bad(line)
            continue
        record = _record(row, header=header)
        if len(row) != header.width or any(record[member] is None for member in table.resource.key):
            tally.bad(line)
            continue
        yield record


def _record(row: list[str], *, header: Header) -> Record:
    cells = {column: row[place] if place < len(row) else "" for column, place in header.places.items()}
    # No database keeps a NUL character.
    return {column: None if cell in NULLS else cell.replace("\0", "") for column, cell in cells.items()}


def _lack(column: str) -> str:
    return f'lacks the column {column} (if it is called otherwise: automate.aliases "{column}" = "its name")'


def _judge(path: Path, *, tally: _Tally, age_hours: float, max_age_hours: float) -> tuple[Verdict, str]:
    faults = list(tally.faults)
    if tally.bad_lines:
        named = ", ".join(map(str, tally.bad_lines))
        more = tally.bad_count - NAMED_LINES
        rest = f" and {more} more" if more > 0 else ""
        faults.append(f"has lines that do not fit its header: {named}{rest}")
    if faults:
        return Verdict.PARTIAL, f"{path.name} {'; '.join(faults)}."
    if age_hours > max_age_hours:
        reason = (
            f"{path.name} is {age_hours:.0f} hours old, more than exports_max_age_hours = {max_age_hours:g}. "
            "Export it again."
        )
        return Verdict.STALE, reason
    return Verdict.COMPLETE, ""


def _identity(stat: os.stat_result) -> tuple[int, int, int]:
    return stat.st_size, stat.st_mtime_ns, stat.st_ino


def _reading(table: Table, verdict: Verdict, reason: str, *, proof: Proof | None = None) -> ResourceReading:
    return ResourceReading(
        source="automate", resource=table.name, verdict=verdict, reason=reason, proof=proof or Proof()
    )
