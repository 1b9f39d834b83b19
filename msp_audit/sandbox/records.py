"""Records of one list, sliced out of an NDJSON file: a page of a million-line file costs no parsing."""

from __future__ import annotations

import mmap
import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import orjson

from msp_audit.domain import Record

#: Places of records in the file, rising by one where a page can be cut in one slice.
Positions = Sequence[int]

#: Answers to conditions that are kept, so that page 2 does not search the file again.
_KEPT_SELECTIONS = 64


def member(record: Any, path: str) -> Any:  # noqa: ANN401  (a vendor's record holds anything)
    """What *record* holds at the dotted *path*; None where a step is missing."""
    for step in path.split("."):
        if not isinstance(record, dict):
            return None
        record = record.get(step)
    return record


class Records:
    """One NDJSON file (or its content), kept as a map of line ends. A missing file is an empty list."""

    def __init__(self, source: Path | bytes, *, id_member: str = "id", by_id: bool = False) -> None:
        self._id_member = id_member
        #: The id of a line that begins with it; any other line is parsed.
        self._leading_id = re.compile(rb'\{"%b": ?(?:"([^"\\]*)"|(-?\d+))[,}]' % id_member.encode())
        self._content = source if isinstance(source, bytes) else _content(source)
        self._ends = _line_ends(self._content)
        self._selections: dict[str, Positions] = {}
        self._is_by_id = by_id
        if by_id and not self.is_rising:
            self._sort()

    def __len__(self) -> int:
        return len(self._ends)

    @property
    def all(self) -> Positions:
        """Every record, in the order of the file."""
        return range(len(self))

    @cached_property
    def ids(self) -> Sequence[Any]:
        """The id of each record: numbers where all are numbers, else text."""
        found = [self._id(position) for position in self.all]
        try:
            return array("q", map(int, found))
        except ValueError:
            return found

    @cached_property
    def is_rising(self) -> bool:
        """Whether the file is in the order of its ids; looked at once, not at every page."""
        ids = self.ids
        return all(before < after for before, after in pairwise(ids))

    def line(self, position: int) -> bytes:
        """One record as it stands in the file."""
        start = self._ends[position - 1] if position else 0
        return self._content[start : self._ends[position]].strip()

    def listing(self, positions: Positions) -> bytes:
        """The records at *positions* as a JSON array."""
        return b"[" + self.joined(positions) + b"]"

    def joined(self, positions: Positions) -> bytes:
        """The records at *positions*, separated by commas."""
        if not positions:
            return b""
        if _is_unbroken(positions):
            start = self._ends[positions[0] - 1] if positions[0] else 0
            lines = self._content[start : self._ends[positions[-1]]].rstrip()
            # A line break inside a JSON text is always escaped, so each one here ends a record.
            return lines.replace(b"\n", b",")
        return b",".join(map(self.line, positions))

    def record(self, position: int) -> Record:
        """One record, parsed."""
        parsed: Record = orjson.loads(self.line(position))
        return parsed

    def records(self, positions: Positions) -> list[Record]:
        """The records at *positions*, parsed."""
        parsed: list[Record] = orjson.loads(self.listing(positions))
        return parsed

    def position_of(self, record_id: str) -> int | None:
        """Where the record with this id stands."""
        if not self._is_by_id:
            return self._places.get(record_id)
        place = bisect_right(self.ids, int(record_id)) - 1 if record_id.isdecimal() else -1
        return place if place >= 0 and self.ids[place] == int(record_id) else None

    def after(self, record_id: int, within: Positions) -> int:
        """Index in *within* of the first record with an id above *record_id*, where *within* rises by id."""
        return bisect_right(within, record_id, key=self.ids.__getitem__)

    def grouped(self, path: str) -> Mapping[str, Positions]:
        """Positions by what the records hold at the dotted *path*; made once."""
        return self._groups.get(path) or self._group(path)

    def where(self, name: str, test: Callable[[Record], bool], within: Positions) -> Positions:
        """Those of *within* that pass; *name* says which test of which set this is, and is remembered."""
        return self._remembered(name, lambda: array("q", (p for p in within if test(self.record(p)))))

    def ordered(
        self, name: str, key: Callable[[Record], Any], within: Positions, *, is_falling: bool
    ) -> Positions:
        """*within* by the given key, equal ones as they stood; remembered as *name*."""
        return self._remembered(
            name, lambda: array("q", sorted(within, key=lambda p: key(self.record(p)), reverse=is_falling))
        )

    @cached_property
    def names(self) -> frozenset[str]:
        """Members that the first records have."""
        return frozenset(name for record in self.records(self.all[:200]) for name in record)

    @cached_property
    def _groups(self) -> dict[str, Mapping[str, Positions]]:
        return {}

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {str(record_id): position for position, record_id in enumerate(self.ids)}

    def _group(self, path: str) -> Mapping[str, Positions]:
        groups: dict[str, array[int]] = {}
        for position in self.all:
            groups.setdefault(str(member(self.record(position), path)), array("q")).append(position)
        self._groups[path] = groups
        return groups

    def _remembered(self, name: str, make: Callable[[], Positions]) -> Positions:
        found = self._selections.get(name)
        if found is None:
            while len(self._selections) >= _KEPT_SELECTIONS:
                del self._selections[next(iter(self._selections))]
            found = self._selections[name] = make()
        return found

    def _id(self, position: int) -> str:
        start = self._ends[position - 1] if position else 0
        match = self._leading_id.match(self._content, start, self._ends[position])
        if match is None:
            return str(self.record(position).get(self._id_member))
        return (match[1] or match[2] or b"").decode()

    def _sort(self) -> None:
        ids = self.ids
        self._content = b"".join(self.line(p) + b"\n" for p in sorted(self.all, key=lambda p: ids[p]))
        self._ends = _line_ends(self._content)
        del self.ids, self.is_rising


def _is_unbroken(positions: Positions) -> bool:
    if isinstance(positions, range):
        return positions.step == 1
    if positions[-1] - positions[0] != len(positions) - 1:
        return False
    return all(after - before == 1 for before, after in pairwise(positions))


def _content(path: Path) -> bytes | mmap.mmap:
    try:
        with path.open("rb") as file:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (FileNotFoundError, ValueError):  # an empty file cannot be mapped
        return b""
    if content.find(b"\n\n") < 0 and content[:1] != b"\n":
        return content
    return b"\n".join(line for line in content[:].split(b"\n") if line.strip())


def _line_ends(content: bytes | mmap.mmap) -> array[int]:
    lines = content.splitlines(keepends=True) if isinstance(content, bytes) else iter(content.readline, b"")
    return array("q", accumulate(map(len, lines)))
