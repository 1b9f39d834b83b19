"""What tables in files of text have in common: name, encoding, delimiter, rows, and how long one may be."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

_BLOCK = 1 << 20
#: Longest text in one cell; a ticket's message may be long, a broken quote swallows the file.
MAX_CELL = 16 * 1024 * 1024
#: Longest row, over all of its lines.
MAX_ROW = 20 * 1024 * 1024
#: Lines that do not fit the header; a file with more is another file.
MAX_BAD_LINES = 10_000
#: Longest first line.
MAX_HEADER = 100_000

# One limit for the whole process: sources are read side by side, and each would set it for the others.
csv.field_size_limit(MAX_CELL)


class TooLong(Exception):
    """A line or row is longer than any export's; its text says so."""


class Lines:
    """The lines of a text for a CSV reader, none of them read further than a row may be long."""

    def __init__(self, stream: TextIO, *, most: int = MAX_ROW) -> None:
        self._stream = stream
        self._most = self._room = most

    def begin_row(self) -> None:
        """Whatever comes belongs to a new row."""
        self._room = self._most

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        line = self._stream.readline(self._room + 1)
        if not line:
            raise StopIteration
        self._room -= len(line)
        if self._room < 0:
            raise TooLong(f"has a row of more than {self._most:,} characters")
        return line


def find_tables(folder: Path, *, suffixes: Sequence[str]) -> dict[str, Path]:
    """Table in lower case -> its file in *folder*; of several, the one whose suffix comes first.

    Raises:
        OSError: the folder cannot be listed.
    """
    found: dict[str, Path] = {}
    listed = sorted(folder.iterdir())
    for suffix in reversed(suffixes):
        found.update(
            {path.stem.lower(): path for path in listed if path.suffix.lower() == suffix and path.is_file()}
        )
    return found


def first_line(path: Path, *, encoding: str) -> str:
    """The header.

    Raises:
        TooLong: it is none.
        OSError: the file cannot be read.
    """
    with path.open(encoding=encoding, newline="") as stream:
        line = stream.readline(MAX_HEADER + 1)
    if len(line) > MAX_HEADER:
        raise TooLong(f"has a first line of more than {MAX_HEADER:,} characters")
    return line


def delimiters_of(path: Path) -> tuple[str, ...]:
    """What may stand between cells; of two that serve equally, the likelier comes first."""
    return ("\t", ",", ";") if path.suffix.lower() == ".tsv" else (",", ";", "\t")


def rows_of(path: Path, *, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str] | None]]:
    """``(line, cells)`` of every row below the header that is not blank; cells are None where it is broken.

    A header that is broken itself comes as such a line.

    Raises:
        TooLong: a row is none.
        UnicodeError, OSError: the file cannot be read to its end.
    """
    with path.open(encoding=encoding, newline="") as stream:
        lines = Lines(stream)
        rows = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            next(rows, None)
        except csv.Error:
            yield 1, None
        while True:
            line = rows.line_num + 1
            lines.begin_row()
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error:
                yield line, None
                continue
            if row:
                yield line, row


def encoding_of(path: Path) -> str:
    """UTF-8 where every byte agrees, else Latin-1; a byte order mark decides before either."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as stream:
        block = stream.read(_BLOCK)
        if block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        try:
            while block:
                decoder.decode(block)
                block = stream.read(_BLOCK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "latin-1"
    return "utf-8-sig"
