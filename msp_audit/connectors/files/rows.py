"""Finds a tool's files and takes their rows out: header understood, cells as text, with the line of each."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from msp_audit.connectors.textfile import Lines, TooLong, encoding_of, first_line

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


def find_files(folder: Path) -> Mapping[str, Path]:
    """Table in lower case -> its file in *folder*.

    Raises:
        OSError: the folder cannot be listed.
    """
    found: dict[str, Path] = {}
    listed = sorted(folder.iterdir())
    for suffix in reversed(SUFFIXES):
        found.update(
            {path.stem.lower(): path for path in listed if path.suffix.lower() == suffix and path.is_file()}
        )
    return found


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
    ways = [(_cells(first, each), each) for each in _delimiters(path)]
    names, delimiter = max(ways, key=lambda way: len(known.intersection(way[0])))
    return Sheet(path=path, names=names, rows=_text_rows(path, encoding=encoding, delimiter=delimiter))


def _delimiters(path: Path) -> tuple[str, ...]:
    return ("\t", ",", ";") if path.suffix.lower() == ".tsv" else (",", ";", "\t")


def _cells(line: str, delimiter: str) -> tuple[str, ...]:
    return tuple(cell.strip().lower() for cell in next(csv.reader([line], delimiter=delimiter), []))


def _text_rows(
    path: Path, *, encoding: str, delimiter: str
) -> Iterator[tuple[int, Sequence[str | None] | None]]:
    with path.open(encoding=encoding, newline="") as stream:
        lines = Lines(stream)
        rows = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            next(rows, None)
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
        except (UnicodeError, TooLong) as error:
            raise UnreadableFile(_why(error)) from error


def _why(error: UnicodeError | TooLong) -> str:
    # The text of the former quotes the data.
    return str(error) if isinstance(error, TooLong) else "is not text in one encoding"
