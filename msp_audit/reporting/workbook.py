"""The workbook face: everything, typed and filterable, and no cell that Excel would run."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from msp_audit.domain import Record
from msp_audit.reporting.page import Page
from msp_audit.reporting.part import Section
from msp_audit.reporting.words import counted, label, typed, words

#: What Excel takes.
MAX_ROWS = 1_048_576
MAX_TEXT = 32_767
MAX_NAME = 31
#: Whole numbers beyond it lose digits in Excel; identifiers do not deserve that.
_EXACT = 10**15
_WIDEST = 60
_MEASURED_ROWS = 200
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    label: str
    form: str = "text"


_FINDING_BEFORE = {
    "severity": _Column(label="Severity", form="severity"),
    "company_name": _Column(label="Company"),
    "entity_name": _Column(label="What"),
    "entity_id": _Column(label="Id"),
    "reason": _Column(label="Reason"),
}
_FINDING_AFTER = {
    "detection": _Column(label="State"),
    "triage": _Column(label="Set by people"),
    "first_seen_at": _Column(label="Since", form="time"),
    "age_days": _Column(label="Age in days", form="count"),
    "times_reopened": _Column(label="Times back", form="count"),
    "folded_under": _Column(label="Folded under"),
    "finding_id": _Column(label="Finding"),
}


def workbook(page: Page) -> bytes:
    """The report as XLSX; the same page gives the same bytes."""
    import xlsxwriter

    file = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options)
    book.set_properties(
        {
            "title": page.definition.title,
            "author": page.brand.name,
            "created": page.as_of,
            "comments": page.scope_name,
        }
    )
    sheets = _Book(book, accent=page.brand.accent)
    sheets.summary(page)
    sheets.section(page.sections["changes"])
    sheets.section(page.sections["companies"])
    for rows in _by_rule(page.sections["findings"].rows):
        sheets.rule(rows)
    sheets.section(page.sections["not_checked"])
    book.close()
    return file.getvalue()


def sheet_name(wanted: str, *, taken: Iterable[str]) -> str:
    """A name that Excel accepts and that no sheet bears yet, as near to *wanted* as that goes."""
    used = {name.casefold() for name in taken} | {"history"}
    base = _FORBIDDEN.sub(" ", wanted).strip().strip("'").strip() or "Sheet"
    name, turn = base[:MAX_NAME].rstrip(" '"), 1
    while name.casefold() in used:
        turn += 1
        ending = f" {turn}"
        name = base[: MAX_NAME - len(ending)].rstrip(" '") + ending
    return name


def _by_rule(rows: Sequence[Record]) -> Iterator[list[Record]]:
    ordered = sorted(rows, key=lambda row: str(row["rule"]))
    for _, together in groupby(ordered, key=lambda row: row["rule"]):
        yield list(together)


class _Book:
    """One workbook in the making. Rows are only ever added below: that is what constant memory asks."""

    def __init__(self, book: Any, *, accent: str) -> None:  # noqa: ANN401
        self._book = book
        self._names: list[str] = []
        base = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
        self._title = book.add_format({**base, "bold": True, "font_size": 18})
        self._strong = book.add_format({**base, "bold": True})
        self._quiet = book.add_format({**base, "font_color": "#5C6875"})
        self._head = book.add_format(
            {**base, "bold": True, "bottom": 2, "bottom_color": accent, "bg_color": "#F5F7F9"}
        )
        self._text = book.add_format(base)
        self._count = book.add_format({**base, "num_format": "#,##0"})
        self._decimal = book.add_format({**base, "num_format": "#,##0.00"})
        self._time = book.add_format({**base, "num_format": "yyyy-mm-dd hh:mm"})
        self._date = book.add_format({**base, "num_format": "yyyy-mm-dd"})

    def summary(self, page: Page) -> None:
        """The first sheet: what was not checked, totals, trend, rules, and the report's own facts."""
        sheet = self._sheet("Summary")
        sheet.set_column(0, 0, 52)
        sheet.set_column(1, 12, 13)
        lines = [
            (page.headline.checked, self._strong),
            (page.headline.found, self._text),
            ("", self._text),
            (page.definition.title, self._title),
            (f"{page.scope_name}, as of {words(page.as_of, 'time')}. {page.brand.name}.", self._quiet),
        ]
        for place, (line, style) in enumerate(lines):
            sheet.write_string(place, 0, line, style)
        row = len(lines) + 1
        for name in ("summary", "rules", "trend", "about"):
            row = self._block(sheet, page.sections[name], row)

    def section(self, section: Section) -> None:
        """A section as a sheet of its own."""
        sheet = self._sheet(section.title)
        if section.state != "filled":
            sheet.write_string(0, 0, section.sentence, self._text)
            return
        columns = {
            column.name: _Column(label=column.label, form=column.format)
            for column in section.columns_on("xlsx")
        }
        self._table(sheet, columns, section.rows)

    def rule(self, rows: Sequence[Record]) -> None:
        """A rule's findings, each piece of evidence in a column of its own."""
        _, _, short = str(rows[0]["rule"]).rpartition(".")
        sheet = self._sheet(label(short).capitalize())
        keys = dict.fromkeys(
            key for row in rows if isinstance(row["evidence"], Mapping) for key in row["evidence"]
        )
        evidence = {
            f"evidence.{key}": _Column(label=label(key).capitalize(), form="evidence") for key in keys
        }
        for row in rows:
            told = row["evidence"] or {}
            row.update({f"evidence.{key}": typed(told.get(key)) for key in keys})
        self._table(sheet, {**_FINDING_BEFORE, **evidence, **_FINDING_AFTER}, rows)
        for row in rows:
            # A rule's rows are done with; a hundred thousand of them need not all be held twice.
            for name in evidence:
                del row[name]

    def _sheet(self, wanted: str) -> Any:  # noqa: ANN401
        name = sheet_name(wanted, taken=self._names)
        self._names.append(name)
        sheet = self._book.add_worksheet(name)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        return sheet

    def _table(self, sheet: Any, columns: Mapping[str, _Column], rows: Sequence[Record]) -> None:  # noqa: ANN401
        kept = rows[: MAX_ROWS - 2]
        for place, (name, column) in enumerate(columns.items()):
            told = [column.label + "  ", *(_told(row[name], column.form) for row in kept[:_MEASURED_ROWS])]
            sheet.set_column(place, place, min(_WIDEST, max(map(len, told)) + 2))
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.autofilter(0, 0, len(kept), len(columns) - 1)
        self._rows(sheet, columns, kept, at=0)
        if len(kept) < len(rows):
            left = f"{counted(len(rows) - len(kept), 'more row')}: Excel takes no more on one sheet."
            sheet.write_string(len(kept) + 1, 0, left, self._quiet)

    def _block(self, sheet: Any, section: Section, at: int) -> int:  # noqa: ANN401
        """*section* below a heading; answers with the row after it."""
        sheet.write_string(at, 0, section.title, self._strong)
        if section.state != "filled":
            sheet.write_string(at + 1, 0, section.sentence, self._text)
            return at + 3
        columns = {
            column.name: _Column(label=column.label, form=column.format)
            for column in section.columns_on("xlsx")
        }
        self._rows(sheet, columns, section.rows, at=at + 1)
        return at + len(section.rows) + 3

    def _rows(
        self,
        sheet: Any,  # noqa: ANN401
        columns: Mapping[str, _Column],
        rows: Sequence[Record],
        *,
        at: int,
    ) -> None:
        for place, column in enumerate(columns.values()):
            sheet.write_string(at, place, column.label, self._head)
        for line, row in enumerate(rows, start=at + 1):
            for place, (name, column) in enumerate(columns.items()):
                self._cell(sheet, line, place, row[name], column.form)

    def _cell(self, sheet: Any, line: int, place: int, value: Any, form: str) -> None:  # noqa: ANN401
        if value is None or value == "":
            return
        if isinstance(value, int | float) and not isinstance(value, bool) and _is_exact(value):
            sheet.write_number(line, place, value, self._count if isinstance(value, int) else self._decimal)
        elif isinstance(value, date) and value.year >= 1900:
            is_day = not isinstance(value, datetime) or form == "date"
            sheet.write_datetime(line, place, value, self._date if is_day else self._time)
        else:
            sheet.write_string(line, place, _told(value, form)[:MAX_TEXT], self._text)


def _is_exact(value: float) -> bool:
    return math.isfinite(value) and abs(value) < _EXACT


def _told(value: Any, form: str) -> str:  # noqa: ANN401
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if form == "date" else f"{value:%Y-%m-%d %H:%M}"
    return words(value, "text" if isinstance(value, int | float | date) else form)
