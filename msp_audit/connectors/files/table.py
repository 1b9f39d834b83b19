"""Reads one file of one tool into records, and says of every line that does not fit what is wrong with it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from msp_audit.connectors.files.layout import NULLS, Column, Table, Value
from msp_audit.connectors.files.rows import ParquetRows, Sheet, UnreadableFile, open_sheet
from msp_audit.connectors.textfile import MAX_BAD_LINES
from msp_audit.domain import Record, Verdict
from msp_audit.errors import SourceChanged

#: Complaints that a reason names before it only counts.
NAMED_FAULTS = 3


@dataclass(slots=True, kw_only=True)
class Told:
    """What became of one file."""

    verdict: Verdict = Verdict.COMPLETE
    reason: str = ""
    rows: int = 0
    #: Ids that later files may refer to; None where the file could not be read to its end.
    ids: set[str] | None = None
    #: Columns that the file has, of those that are read.
    columns: frozenset[str] = frozenset()


@dataclass(slots=True, kw_only=True)
class TableReader:
    """Reads one file; after the last record :attr:`told` says what became of it."""

    path: Path
    table: Table
    #: What the tool reports; columns of anything else are passed over.
    reports: Sequence[str]
    parquet: ParquetRows
    max_age_hours: float
    #: Table -> its ids, for the columns that refer to one; None where they are not known.
    known_ids: Mapping[str, set[str] | None]
    now: Callable[[], float] = time.time
    told: Told = field(default_factory=Told)
    #: The first few, and how many there are: every line of a long file may have one.
    _faults: list[str] = field(default_factory=list)
    _fault_count: int = 0

    def records(self) -> Iterator[Record]:
        """Yield the records of the lines that fit."""
        try:
            before = self.path.stat()
            sheet = open_sheet(
                self.path, known=frozenset(c.name for c in self.table.columns), parquet=self.parquet
            )
            if sheet is None:
                reason = f"{self.path.name} is empty, without even a header. Export it again."
                self.told.verdict, self.told.reason = Verdict.ABSENT, reason
                return
            if self._has_columns(sheet):
                yield from self._lines(sheet)
            after = self.path.stat()
            if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                self._fault("it changed while it was read; let the export end before the snapshot begins")
            age_hours = (self.now() - before.st_mtime) / 3600
        except OSError as error:
            self._fault(f"it cannot be read ({error.strerror})")
            age_hours = 0.0
        except (UnreadableFile, SourceChanged) as error:
            self._fault(str(error).rstrip("."))
            age_hours = 0.0
        self._judge(age_hours)

    def _has_columns(self, sheet: Sheet) -> bool:
        wanted = [column for column in self.table.columns if self._is_read(column)]
        there = frozenset(column.name for column in wanted) & frozenset(sheet.names)
        self.told.columns = there
        twice = sorted({name for name in there if sheet.names.count(name) > 1})
        for name in twice:
            self._fault(f"its header names the column {name} twice")
        for column in wanted:
            if column.name in there or not (column.is_required or column.capability):
                continue
            if not column.capability:
                self._fault(f"it lacks the column {column.name}")
            elif column.name != "mac_address":
                # Addresses may stand in a file of their own; who reads both files judges that.
                self._fault(
                    f"it lacks the column {column.name}, which the settings say that the tool reports;"
                    f" export it too, or take it out of reports"
                )
        return not self._faults

    def _is_read(self, column: Column) -> bool:
        return not column.capability or column.capability in self.reports

    def _lines(self, sheet: Sheet) -> Iterator[Record]:
        columns = [
            (column, sheet.names.index(column.name))
            for column in self.table.columns
            if column.name in self.told.columns
        ]
        seen: set[tuple[str, ...]] = set()
        for line, cells in sheet.rows:
            found = self._record(cells, columns=columns, width=len(sheet.names), seen=seen)
            if isinstance(found, str):
                self._fault(f"{sheet.unit} {line}: {found}")
                if self._fault_count >= MAX_BAD_LINES:
                    self._fault("nothing after these was read")
                    return
            elif found is not None:
                self.told.rows += 1
                yield found
        if not self._faults:
            self.told.ids = {key[0] for key in seen}

    def _record(
        self,
        cells: Sequence[str | None] | None,
        *,
        columns: Sequence[tuple[Column, int]],
        width: int,
        seen: set[tuple[str, ...]],
    ) -> Record | str | None:
        """The record of one line, or what is wrong with it; None for a pair that was there before."""
        if cells is None or len(cells) != width:
            return "it does not fit the header"
        record: Record = {}
        for column, place in columns:
            value, fault = _value(cells[place], column)
            if fault:
                return fault
            record[column.name] = value
        for name, other in self.table.references.items():
            ids = self.known_ids.get(other)
            if ids is not None and record.get(name) is not None and record[name] not in ids:
                return f"its {name} stands in no line of {other}"
        key = tuple(str(record[name]) for name in self.table.key)
        if key in seen:
            return None if len(key) > 1 else f"its {self.table.key[0]} stands in an earlier line"
        seen.add(key)
        return record

    def _fault(self, text: str) -> None:
        self._fault_count += 1
        if len(self._faults) < NAMED_FAULTS:
            self._faults.append(text)

    def _judge(self, age_hours: float) -> None:
        if self._faults:
            named = "; ".join(self._faults)
            more = self._fault_count - NAMED_FAULTS
            rest = f"; and {more:,} more" if more > 0 else ""
            self.told.verdict, self.told.reason = Verdict.PARTIAL, f"{self.path.name}: {named}{rest}."
        elif age_hours > self.max_age_hours:
            self.told.verdict = Verdict.STALE
            self.told.reason = (
                f"{self.path.name} is {age_hours:.0f} hours old, more than max_age_hours ="
                f" {self.max_age_hours:g}. Export it again."
            )


def _value(cell: str | None, column: Column) -> tuple[Value | None, str]:
    # No database keeps a NUL character.
    text = "" if cell is None else cell.replace("\0", "").strip()
    if text in NULLS:
        return None, f"{column.name} is empty" if column.is_filled else ""
    value = column.kind.read(text)
    if value is None:
        return None, f"{column.name} is not {column.kind.expected}"
    return value, ""
