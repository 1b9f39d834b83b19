"""One workbook in the making: formats, sheets, tables, written row by row and never held."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from msp_audit.domain import Record
from msp_audit.reporting.part import Section
from msp_audit.reporting.section import SectionFile
from msp_audit.reporting.words import counted
from msp_audit.reporting.workbook_rows import RowSheet, RowWriter, Styles, told_in_cell

#: What Excel takes.
MAX_ROWS = 1_048_576
MAX_NAME = 31
_WIDEST = 60
_MEASURED_ROWS = 200
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetColumn:
    """A column's heading, and how its cells read."""

    label: str
    #: A format hint of the words, or ``link``: its cells are ``(label, address)``.
    form: str = "text"


def columns_of(section: Section | SectionFile, *, is_for_customer: bool = False) -> dict[str, SheetColumn]:
    """The columns of *section* as a sheet has them; what only a workbook holds is not for customers."""
    columns = section.columns_on("html" if is_for_customer else "xlsx")
    return {column.name: SheetColumn(label=column.label, form=column.format) for column in columns}


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


class Book:
    """Sheets and what stands in them. Rows are only ever added below: that is what constant memory asks."""

    def __init__(self, book: Any, *, accent: str) -> None:  # noqa: ANN401
        self._book = book
        self._names: list[str] = []
        base = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
        self.title = book.add_format({**base, "bold": True, "font_size": 18})
        self.strong = book.add_format({**base, "bold": True})
        self.quiet = book.add_format({**base, "font_color": "#5C6875"})
        self.text = book.add_format(base)
        self._head = book.add_format(
            {**base, "bold": True, "bottom": 2, "bottom_color": accent, "bg_color": "#F5F7F9"}
        )
        self._styles = Styles(
            text=self.text,
            link=book.add_format({**base, "font_color": "#1A5FB4", "underline": 1}),
            count=book.add_format({**base, "num_format": "#,##0"}),
            decimal=book.add_format({**base, "num_format": "#,##0.00"}),
            time=book.add_format({**base, "num_format": "yyyy-mm-dd hh:mm"}),
            date=book.add_format({**base, "num_format": "yyyy-mm-dd"}),
        )

    def sheet(self, wanted: str) -> Any:  # noqa: ANN401
        """A new, empty sheet."""
        name = sheet_name(wanted, taken=self._names)
        self._names.append(name)
        sheet = self._book.add_worksheet(name, worksheet_class=RowSheet)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        return sheet

    def table(
        self,
        sheet: Any,  # noqa: ANN401
        columns: Mapping[str, SheetColumn],
        rows: Iterable[Record],
    ) -> None:
        """*rows* as a table that can be filtered and keeps its head in view."""
        coming = iter(rows)
        first = list(islice(coming, _MEASURED_ROWS))
        for place, (name, column) in enumerate(columns.items()):
            told = [column.label + "  ", *(told_in_cell(row[name], column.form) for row in first)]
            sheet.set_column(place, place, min(_WIDEST, max(map(len, told)) + 2))
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        number = self._rows(sheet, columns, islice(chain(first, coming), MAX_ROWS - 2), at=0)
        sheet.autofilter(0, 0, number, len(columns) - 1)
        if left := sum(1 for _ in coming):
            told_left = f"{counted(left, 'more row')}: Excel takes no more on one sheet."
            sheet.write_string(number + 1, 0, told_left, self.quiet)

    def block(self, sheet: Any, section: Section, at: int, *, is_for_customer: bool) -> int:  # noqa: ANN401
        """*section* below a heading; answers with the row after it."""
        sheet.write_string(at, 0, section.title, self.strong)
        if section.state != "filled":
            sheet.write_string(at + 1, 0, section.sentence, self.text)
            return at + 3
        columns = columns_of(section, is_for_customer=is_for_customer)
        return at + 3 + self._rows(sheet, columns, section.rows, at=at + 1)

    def _rows(
        self,
        sheet: Any,  # noqa: ANN401
        columns: Mapping[str, SheetColumn],
        rows: Iterable[Record],
        *,
        at: int,
    ) -> int:
        for place, column in enumerate(columns.values()):
            sheet.write_string(at, place, column.label, self._head)
        sheet.begin_rows(at + 1, width=len(columns))
        forms = {name: column.form for name, column in columns.items()}
        writer = RowWriter(sheet=sheet, forms=forms, styles=self._styles)
        line = at
        for line, row in enumerate(rows, start=at + 1):
            writer.write(line, row)
        return line - at


def links_of(rows: Iterator[Record]) -> tuple[int, Iterator[Record]]:
    """How many links the first *rows* have at most, and all of the rows with theirs in ``link.0`` and on."""
    first = list(islice(rows, _MEASURED_ROWS))
    most = max((len(row["links"]) for row in first), default=0)

    def spread() -> Iterator[Record]:
        for row in chain(first, rows):
            for place in range(most):
                row[f"link.{place}"] = row["links"][place] if place < len(row["links"]) else None
            yield row

    return most, spread()
