"""Asks the database what a section shows: all of it, or so many rows and the count of the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from msp_audit.domain import Record, Rows
from msp_audit.errors import ReportError
from msp_audit.reporting.links import RecordLinks
from msp_audit.reporting.part import Group, Section
from msp_audit.reporting.reader import Reader
from msp_audit.reporting.section import SectionFile
from msp_audit.reporting.shares import shares
from msp_audit.reporting.words import cleaned, joined, plain
from msp_audit.sqlfile import SqlFile

#: Texts that are kept once: names and titles repeat, reasons do not.
_REMEMBERED = 20_000
_LINE = re.compile(r"^LINE (\d+):", re.MULTILINE)


def fetch_section(
    file: SectionFile,
    reader: Reader,
    params: Mapping[str, object],
    *,
    is_first: bool,
    is_for_customer: bool,
    links: RecordLinks,
    most_rows: int | None,
) -> Section:
    """The section of *file* with its rows, all or *most_rows* of them.

    Raises:
        ReportError: its query does not run, or does not return what the header names.
    """
    missing = _missing(reader, file.file)
    groups: tuple[Group, ...] = ()
    groups_left_out = rows_left_out = 0
    if not missing and most_rows is None:
        found = _asked(reader, file.file, file.file.sql, params)
        groups, groups_left_out, rows_left_out = _groups(found, sizes=_sizes(found, by=file.group))
    elif most_rows is not None and not missing:
        groups, groups_left_out, rows_left_out = _cut(reader, file, params, most=most_rows)
    rows = [row for group in groups for row in group.rows]
    if rows and {"finding_id", "key", "evidence"} <= rows[0].keys():
        for row in rows:
            row["links"] = () if is_for_customer else links.of(row)
    if rows and (unknown := [c.name for c in file.columns if c.name not in rows[0]]):
        raise ReportError(
            f"{file.file.path}: [columns] names {joined(unknown)}, which the query does not return."
        )
    sentence = ""
    if missing:
        sentence = "Cannot be told this time."
        if not is_for_customer:
            sentence = f"Cannot be told: this database has no {joined(missing)}."
    elif not rows:
        sentence = file.empty_first_run if is_first else file.empty
    return Section(
        name=file.name,
        title=file.title,
        # Notes explain our way of counting to us.
        note="" if is_for_customer else file.note,
        columns=file.columns,
        groups=groups,
        groups_left_out=groups_left_out,
        rows_left_out=rows_left_out,
        state="missing" if missing else "filled" if rows else "empty",
        sentence=sentence,
        templates=file.templates,
        group_names=file.group,
    )


def _sizes(found: Rows, *, by: tuple[str, ...]) -> list[int]:
    """How many neighbouring rows are alike in *by*, group after group."""
    places = [found.columns.index(name) for name in by]
    sizes: list[int] = []
    last: list[object] | None = None
    for row in found:
        head = [row[place] for place in places]
        if head != last:
            sizes.append(0)
            last = head
        sizes[-1] += 1
    return sizes


def _cut(
    reader: Reader, file: SectionFile, params: Mapping[str, object], *, most: int
) -> tuple[tuple[Group, ...], int, int]:
    """The section's groups with at most *most* rows in all; the database counts the others."""
    names = ", ".join(f'numbered."{name}"' for name in file.group) or "true"
    # The section's own file, and columns that its header names: no word of a stranger is in here.
    numbered = (
        f"(select asked.*, row_number() over () as row_place from ({file.file.sql}) as asked) as numbered"  # noqa: S608
    )
    count = f"select min(numbered.row_place), count(*) from {numbered} group by {names} order by 1"  # noqa: S608
    heads = [(int(first), int(size)) for first, size in _asked(reader, file.file, count, params)]
    sizes = [size for _, size in heads]
    kept = shares(sizes, budget=most)
    wanted = [
        place
        for (first, _), number in zip(heads, kept, strict=True)
        for place in range(first, first + number)
    ]
    params = {**params, "wanted": wanted}
    is_wanted = "where numbered.row_place in (select unnest($wanted::bigint[])) order by numbered.row_place"
    if "$only" not in file.file.sql:
        fetch = f"select numbered.* exclude (row_place) from {numbered} {is_wanted}"  # noqa: S608
        return _groups(_asked(reader, file.file, fetch, params), sizes=sizes, kept=kept)
    # Only their names are sorted with all the others; reasons and evidence are fetched of the few.
    name = f"select numbered.finding_id from {numbered} {is_wanted}"  # noqa: S608
    places = {row[0]: place for place, row in enumerate(_asked(reader, file.file, name, params))}
    found = _asked(reader, file.file, file.file.sql, {**params, "only": list(places)})
    at = found.columns.index("finding_id")
    found = replace(found, rows=tuple(sorted(found.rows, key=lambda row: places[row[at]])))
    return _groups(found, sizes=sizes, kept=kept)


def _groups(
    found: Rows, *, sizes: Sequence[int], kept: Sequence[int] | None = None
) -> tuple[tuple[Group, ...], int, int]:
    """The rows *found* as groups of *sizes*, only *kept* of each; and what is left out whole."""
    kept = sizes if kept is None else kept
    read = reading_of(found)
    groups, at = [], 0
    for size, number in zip(sizes, kept, strict=True):
        if number:
            rows = tuple(read(row) for row in found.rows[at : at + number])
            groups.append(Group(rows=rows, left_out=size - number))
        at += number
    gone = [size for size, number in zip(sizes, kept, strict=True) if not number]
    return tuple(groups), len(gone), sum(gone)


def reading_of(found: Rows) -> Callable[[Sequence[object]], Record]:
    """Turns a row as fetched into a record, JSON parsed, text made harmless; what repeats is kept once."""
    seen: dict[str, str] = {}

    def text_of(value: Any) -> Any:  # noqa: ANN401
        if value is None:
            return None
        if (known := seen.get(value)) is not None:
            return known
        if len(seen) > _REMEMBERED:
            seen.clear()
        harmless = seen[value] = plain(value)
        return harmless

    kinds = [kind.upper() for kind in found.types]
    readers = [_READERS.get(kind, text_of if kind == "VARCHAR" else cleaned) for kind in kinds]
    read_at = [(place, read) for place, read in enumerate(readers) if read is not None]
    columns = found.columns

    def read(row: Sequence[object]) -> Record:
        values = list(row)
        for place, harmless in read_at:
            values[place] = harmless(values[place])
        return dict(zip(columns, values, strict=True))

    return read


def _parsed(value: Any) -> Any:  # noqa: ANN401
    """JSON as fetched, every text inside it made harmless."""
    if value is None:
        return None
    found = orjson.loads(value)
    # Most evidence: letters without an escape, and no blank that would be taken out.
    is_plain = value.isascii() and value.isprintable() and _BLANKS.search(value) is None
    return found if is_plain else cleaned(found)


#: What makes a text inside JSON another one than its letters, or lets it begin or end with a blank.
_BLANKS = re.compile(r'\\|  |" | "')
#: By type as fetched: how a value is read; None leaves it as it is.
_READERS: Mapping[str, Callable[[Any], Any] | None] = {
    "JSON": _parsed,
    **dict.fromkeys(("BOOLEAN", "BIGINT", "INTEGER", "DOUBLE", "TIMESTAMP", "DATE", "HUGEINT")),
}


def _missing(reader: Reader, file: SqlFile) -> tuple[str, ...]:
    try:
        return tuple(reader.has_relations(file.sql))
    except Exception as error:
        # A reader is only a protocol here: its database raises what it likes.
        raise broken(file, error) from error


def ask(reader: Reader, file: SqlFile, params: Mapping[str, object]) -> list[Record]:
    """The rows of *file* as records; raises ReportError when its query does not run."""
    found = _asked(reader, file, file.sql, params)
    read = reading_of(found)
    return [read(row) for row in found.rows]


def _asked(reader: Reader, file: SqlFile, sql: str, params: Mapping[str, object]) -> Rows:
    try:
        return reader.query(sql, params)
    except Exception as error:
        # A reader is only a protocol here: its database raises what it likes.
        raise broken(file, error) from error


def broken(file: SqlFile, error: Exception) -> ReportError:
    """What to tell about a section's query that did not run: file, line, cause."""
    text = str(error).strip()
    cause = text.splitlines()[0].rstrip(".") if text else type(error).__name__
    # DuckDB counts lines from the query's first.
    found = _LINE.search(text)
    line = file.first_line + (int(found[1]) - 1 if found else 0)
    return ReportError(f"{file.path}:{line}: the section's query does not run: {cause}.")
