"""Pages as laid out: what lies outside, what is broken in its middle, what is empty, what ends a page.

``python -m tests.reporting.pages WORKSPACE FOLDER`` lays out every section of a workspace's report with 0, 1,
30 and 5,000 rows, tells the faults, and leaves the PDFs in the folder to be looked at.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any

import weasyprint

from msp_audit.domain import Record
from msp_audit.reporting import Brand, load_definition
from msp_audit.reporting.page import Page, gather
from msp_audit.reporting.part import Group, Section
from msp_audit.reporting.pdf import pdf_sheet
from msp_audit.reporting.templates import environment
from msp_audit.workspace import Workspace

SIZES = (0, 1, 30, 5_000)
#: Their rows are severities, runs, shares, ages: so many and no more, whatever is found.
FIXED = frozenset({"summary", "trend", "in_sync", "age", "about"})
#: A name without a place to break, as machines bear them, and a sentence that goes on.
LONG_NAME = "DESKTOP-" + "W" * 120
LONG_TEXT = "This reason goes on and on, as reasons do. " * 12


def sized(page: Page, rows: int) -> Page:
    """*page* with so many rows in each section, made of its own; the first is as long as they come."""
    return page.with_sections({name: _sized(section, rows) for name, section in page.sections.items()})


def _sized(section: Section, rows: int) -> Section:
    if section.name in FIXED and section.rows:
        return section
    if not rows or not section.rows:
        return replace(section, groups=(), state="empty", sentence=section.sentence or "Nothing is here.")
    groups: list[Group] = []
    left = rows
    for group in cycle(section.groups):
        groups.append(Group(rows=tuple(group.rows[:left])))
        left -= len(groups[-1].rows)
        if not left:
            break
    first = groups[0]
    groups[0] = replace(first, rows=(_long(first.rows[0]), *first.rows[1:]))
    return replace(section, groups=tuple(groups))


def _long(row: Record) -> Record:
    names = {name: LONG_NAME for name in ("entity_name", "company_name") if row.get(name)}
    return {**row, **names, **({"reason": LONG_TEXT} if row.get("reason") else {})}


def faults(page: Page) -> list[str]:
    """What is wrong with the pages of *page*; empty when nothing is."""
    return faults_of(pdf_sheet(page, templates=environment()).html)


def faults_of(html: str) -> list[str]:
    """The same of a document."""
    # Rows that are there twice bear their names twice; that is no news.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    document = weasyprint.HTML(string=html).render()
    found: list[str] = []
    seen: dict[int, int] = {}
    for number, made in enumerate(document.pages, start=1):
        body = made._page_box.children[0]
        lines = list(_lines(body))
        if not lines:
            found.append(f"page {number} is empty")
            continue
        right, bottom = body.position_x + body.width, made._page_box.height + made._page_box.margin_top
        found += [
            f"page {number}: '{_words(line)[:40]}' lies outside"
            for line in lines
            if _right(line) > right + 1 or line.position_y + line.height > bottom + 60
        ]
        found += [
            f"page {number}: '{_words(row)[:40]}' was broken on page {seen[id(row.element)]}"
            for row in _boxes(body, "TableRowBox")
            # Heads are repeated on purpose.
            if not _is_head(row) and seen.setdefault(id(row.element), number) != number
        ]
        last = max(lines, key=lambda line: (line.position_y, line.position_x))
        if number < len(document.pages) and last.element_tag in ("h2", "h3"):
            found.append(f"page {number} ends with the heading '{_words(last)}'")
    return found


def _is_head(row: Any) -> bool:
    return all(cell.element_tag == "th" and cell.element.get("scope") == "col" for cell in row.children)


def _lines(box: Any) -> Iterator[Any]:
    return (line for line in _boxes(box, "LineBox") if _words(line).strip())


def _boxes(box: Any, kind: str) -> Iterator[Any]:
    if type(box).__name__ == kind:
        yield box
    for child in getattr(box, "children", ()):
        yield from _boxes(child, kind)


def _right(line: Any) -> float:
    return max((text.position_x + text.width for text in _boxes(line, "TextBox")), default=0.0)


def _words(box: Any) -> str:
    return "".join(text.text for text in _boxes(box, "TextBox"))


def main(folder: Path, out: Path) -> int:
    """Every section of the *folder*'s reports at every size, on both papers."""
    workspace = Workspace.open(folder)
    run = workspace.last_run()
    assert run is not None
    wrong = 0
    for name in ("weekly_internal", "engineer_worklist"):
        definition = load_definition(name)
        with workspace.reader() as reader:
            page = gather(definition, reader, run_id=run.run_id, brand=Brand(name="Northwind Managed IT"))
        for section in definition.sections:
            for rows in SIZES:
                alone = definition.model_copy(update={"sections": (section,)})
                made = sized(replace(page, definition=alone), rows)
                told = faults(made)
                wrong += len(told)
                sys.stdout.write(f"{section:<22} {rows:>5} rows: {'; '.join(told) or 'well'}\n")
                html = pdf_sheet(made, templates=environment()).html
                out.mkdir(parents=True, exist_ok=True)
                weasyprint.HTML(string=html).write_pdf(out / f"{section}-{rows}.pdf")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
