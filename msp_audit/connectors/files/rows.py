"""Finds a tool's files and takes their rows out: header understood, cells as text, with the line of each."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from msp_audit.connectors.textfile import (
    TooLong,
    delimiters_of,
    encoding_of,
    find_tables,
    first_line,
    rows_of,
)

#: The first that is there is read.
SUFFIXES = (".csv", ".tsv", ".txt", ".parquet")

#: Reads a Parquet file: yields the names of its columns, then its rows, every value as text or None.
ParquetRows = Callable[[Path], Iterator[Sequence[str | None]]]


class UnreadableFile(Exception):
    """The file is not what its name says; the text says why, without quoting it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One file, opened: the header's names in lower case, and where its rows come from."""

    path: Path
    names: tuple[str, ...]
    #: ``(line, cells)``; cells are None where the line is broken.
    rows: Iterator[tuple[int, Sequence[str | None] | None]]

    @property
    def unit(self) -> str:
        """What people count in it."""
        return "row" if self.path.suffix.lower() == ".parquet" else "line"


def find_files(folder: Path) -> dict[str, Path]:
    """Table in lower case -> its file in *folder*.

    Raises:
        OSError: the folder cannot be listed.
    """
    return find_tables(folder, suffixes=SUFFIXES)


def open_sheet(path: Path, *, known: frozenset[str], parquet: ParquetRows) -> Sheet | None:
    """The file *path*; None when it is empty, without even a header.

    The delimiter of a text is the one that finds most of the *known* columns.

    Raises:
        OSError: it cannot be read.
        UnreadableFile: it is no Parquet file, or no text.
    """
    if path.suffix.lower() == ".parquet":
        rows = parquet(path)
        header = next(rows, None)
        if header is None:
            return None
        names = tuple(str(name).strip().lower() for name in header)
        return Sheet(path=path, names=names, rows=enumerate(rows, start=1))
    encoding = encoding_of(path)
    try:
        first = first_line(path, encoding=encoding)
    except (UnicodeError, TooLong) as error:
        raise UnreadableFile(_why(error)) from error
    if not first.strip():
        return None
    ways = [(_cells(first, each), each) for each in delimiters_of(path)]
    names, delimiter = max(ways, key=lambda way: len(known.intersection(way[0])))
    return Sheet(path=path, names=names, rows=_text_rows(path, encoding=encoding, delimiter=delimiter))


def _cells(line: str, delimiter: str) -> tuple[str, ...]:
    return tuple(cell.strip().lower() for cell in next(csv.reader([line], delimiter=delimiter), []))


def _text_rows(
    path: Path, *, encoding: str, delimiter: str
) -> Iterator[tuple[int, Sequence[str | None] | None]]:
    try:
        yield from rows_of(path, encoding=encoding, delimiter=delimiter)
    except (UnicodeError, TooLong) as error:
        raise UnreadableFile(_why(error)) from error


def _why(error: UnicodeError | TooLong) -> str:
    # The text of the former quotes the data.
    return str(error) if isinstance(error, TooLong) else "is not text in one encoding"
