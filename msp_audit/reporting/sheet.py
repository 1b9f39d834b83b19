"""One answer as a workbook of one sheet; a name from a stranger's network is never a formula."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from msp_audit.domain import Rows

#: What one sheet can hold, its heading included.
MOST_ROWS = 1_048_576


def write_sheet(rows: Rows, path: Path) -> None:
    """Write *rows* to *path*.

    Raises:
        OSError: it cannot be written, or there are more rows than a sheet holds.
    """
    import xlsxwriter

    from msp_audit.reporting.workbook_rows import RowSheet

    if len(rows) >= MOST_ROWS:
        raise OSError(27, f"a sheet holds {MOST_ROWS - 1:,} rows and these are {len(rows):,}", str(path))
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), {**options, "constant_memory": True}) as book:
        sheet = book.add_worksheet("answer", worksheet_class=RowSheet)
        head = book.add_format({"bold": True})
        times = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        days = book.add_format({"num_format": "yyyy-mm-dd"})
        for place, name in enumerate(rows.columns):
            sheet.write_string(0, place, name, head)
        sheet.freeze_panes(1, 0)
        for line, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(line, place, cell, times)
                elif isinstance(cell, date):
                    sheet.write_datetime(line, place, cell, days)
                elif isinstance(cell, bool):
                    sheet.write_boolean(line, place, cell)
                elif isinstance(cell, int | float):
                    sheet.write_number(line, place, cell)
                elif cell is not None:
                    sheet.write_string(line, place, str(cell)[:32_767])
