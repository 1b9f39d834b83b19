"""Rows of a sheet, each written as one text: XlsxWriter's way, cell by cell, takes four times as long."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from msp_audit.domain import Record
from msp_audit.reporting.words import words

#: What Excel takes in a cell, in UTF-16 units.
MAX_TEXT = 32_767
#: Links of one sheet; addresses beyond stand there as text.
MAX_LINKS = 65_530
_MAX_ADDRESS = 2_000
#: Whole numbers beyond it lose digits in Excel; identifiers do not deserve that.
_EXACT = 10**15
#: Forms that leave a text as it is.
_AS_THEY_ARE = frozenset({"text", "evidence"})
_REMEMBERED = 20_000


class RowSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter says nothing of its types
    """A sheet in constant memory that also takes whole rows. Rows only ever come below one another.

    XlsxWriter is told which row and columns are in use, and keeps the links; the row's text goes where its
    own rows go. What this rests on stands in one class, and every test of a workbook reads it back.
    """

    def begin_rows(self, line: int, *, width: int) -> None:
        """Finish what was written cell by cell; from *line* on whole rows of *width* cells come."""
        self._check_dimensions(line, 0)
        self._check_dimensions(line, width - 1)
        self._write_single_row(line)

    def add_row(self, line: int, cells: str) -> None:
        """Write the row *line* (counted from 0), *cells* as the file has them."""
        self.previous_row = self.dim_rowmax = line
        self.fh.write(f'<row r="{line + 1}">{cells}</row>')

    def add_link(self, line: int, place: int, address: str, *, label: str) -> bool:
        """Link a cell to *address*, if Excel takes one more and so long a one."""
        if self.hlink_count >= MAX_LINKS or len(address) > _MAX_ADDRESS:
            return False
        # The cell's text is part of the row.
        self.ignore_write_string = True
        added: bool = self._write_url(line, place, address, None, label) == 0
        self.ignore_write_string = False
        return added

    def _xml_rich_inline_string(self, string: str, attributes: Sequence[tuple[str, object]] = ()) -> None:
        # A text between <r> and </r> went into the file as it is, markup and all (XlsxWriter 3.2).
        self._xml_inline_string(string, False, attributes)  # noqa: FBT003  (its own signature)

    def text_cell(self, text: str) -> str:
        """*text* as what stands inside a cell; nothing in it is markup, and none of it a formula."""
        if len(text) > MAX_TEXT // 2:
            text = text.encode("utf-16-le")[: MAX_TEXT * 2].decode("utf-16-le", "ignore")
        if "&" in text or "<" in text or ">" in text or "_x" in text or not text.isprintable():
            text = self._escape_data(self._escape_control_characters(text))
        keeps = ' xml:space="preserve"' if text[:1].isspace() or text[-1:].isspace() else ""
        return f"<is><t{keeps}>{text}</t></is>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Styles:
    """Formats of cells by what stands in them."""

    text: Any
    link: Any
    count: Any
    decimal: Any
    time: Any
    date: Any


@dataclass(slots=True, kw_only=True)
class RowWriter:
    """Writes records as rows of one sheet."""

    sheet: RowSheet
    #: Name of a column -> its form, in the order of the columns.
    forms: Mapping[str, str]
    styles: Styles
    _columns: Sequence[tuple[int, str, str, str]] = field(init=False)
    #: By style: what stands in a cell's mark.
    _marks: Mapping[str, str] = field(init=False)
    _told: dict[tuple[str, Any], str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._columns = [
            (place, xl_col_to_name(place), name, form)
            for place, (name, form) in enumerate(self.forms.items())
        ]
        self._marks = {
            name: f'" s="{getattr(self.styles, name)._get_xf_index()}"'
            for name in ("text", "link", "count", "decimal", "time", "date")
        }

    def write(self, line: int, row: Record) -> None:
        """*row* as the row *line* of the sheet."""
        number = str(line + 1)
        mark, text_cell = self._marks["text"], self.sheet.text_cell
        cells = []
        for place, letter, name, form in self._columns:
            value = row[name]
            if value is None or value == "":
                continue
            # Most cells of a hundred thousand rows: words need no second look.
            if type(value) is str and form in _AS_THEY_ARE:
                cells.append(f'<c r="{letter}{number}{mark} t="inlineStr">{text_cell(value)}</c>')
            elif form == "link":
                cells.append(f'<c r="{letter}{number}{self._linked(line, place, *value)}</c>')
            else:
                cells.append(f'<c r="{letter}{number}{self._inside(value, form)}</c>')
        self.sheet.add_row(line, "".join(cells))

    def _linked(self, line: int, place: int, label: str, address: str) -> str:
        is_link = self.sheet.add_link(line, place, address, label=label)
        mark, told = ("link", label) if is_link else ("text", address)
        return f'{self._marks[mark]} t="inlineStr">{self.sheet.text_cell(told)}'

    def _inside(self, value: Any, form: str) -> str:  # noqa: ANN401
        """What follows a cell's place: its style, its type and what stands in it."""
        if type(value) is int and abs(value) < _EXACT:
            return f"{self._marks['count']}><v>{value}</v>"
        if not isinstance(value, str | date):
            return self._made(value, form)
        # Severities, states and times repeat.
        if (made := self._told.get((form, value))) is None:
            if len(self._told) > _REMEMBERED:
                self._told.clear()
            made = self._told[form, value] = self._made(value, form)
        return made

    def _made(self, value: Any, form: str) -> str:  # noqa: ANN401
        if isinstance(value, float) and math.isfinite(value) and abs(value) < _EXACT:
            return f"{self._marks['decimal']}><v>{value:.16G}</v>"
        if isinstance(value, date) and value.year >= 1900:
            is_day = not isinstance(value, datetime) or form == "date"
            number = self.sheet._convert_date_time(value)
            return f"{self._marks['date' if is_day else 'time']}><v>{number:.16G}</v>"
        told = self.sheet.text_cell(told_in_cell(value, form))
        return f'{self._marks["text"]} t="inlineStr">{told}'


def told_in_cell(value: Any, form: str) -> str:  # noqa: ANN401
    """*value* as a sheet's cell shows it."""
    if value is None or value == "":
        return ""
    if form == "link":
        return str(value[0])
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if form == "date" else f"{value:%Y-%m-%d %H:%M}"
    return words(value, "text" if isinstance(value, int | float | date) else form)
