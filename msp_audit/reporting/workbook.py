"""The workbook face: everything, typed and filterable, and no cell that Excel would run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from msp_audit.domain import Record
from msp_audit.reporting.page import Page
from msp_audit.reporting.part import Section
from msp_audit.reporting.section import read_section
from msp_audit.reporting.words import label, typed, words
from msp_audit.reporting.workbook_sheet import Book, SheetColumn, columns_of, links_of

_FINDING_BEFORE = {
    "severity": SheetColumn(label="Severity", form="severity"),
    "company_name": SheetColumn(label="Company"),
    "entity_name": SheetColumn(label="What"),
    "entity_id": SheetColumn(label="Id"),
    "reason": SheetColumn(label="Reason"),
}
_FINDING_AFTER = {
    "change": SheetColumn(label="This run", form="event"),
    "detection": SheetColumn(label="State", form="label"),
    "triage": SheetColumn(label="Set by people", form="label"),
    "first_seen_at": SheetColumn(label="Since", form="time"),
    "age_days": SheetColumn(label="Age in days", form="count"),
    "times_reopened": SheetColumn(label="Times back", form="count"),
    "folded_under": SheetColumn(label="Folded under"),
    "finding_id": SheetColumn(label="Finding"),
}
_SET_ASIDE = {
    "title": SheetColumn(label="Rule"),
    **_FINDING_BEFORE,
    "set_aside_reason": SheetColumn(label="Why set aside"),
    "set_aside_by": SheetColumn(label="By"),
    "triage_until": SheetColumn(label="Until", form="date"),
    "first_seen_at": SheetColumn(label="Since", form="time"),
    "finding_id": SheetColumn(label="Finding"),
}
_FOR_CUSTOMER = {
    "severity": SheetColumn(label="Severity", form="severity"),
    "company_name": SheetColumn(label="Company"),
    "entity_name": SheetColumn(label="What"),
    "reason": SheetColumn(label="Reason"),
    "first_seen_at": SheetColumn(label="Since", form="date"),
    "age_days": SheetColumn(label="Age in days", form="count"),
}


def write_workbook(page: Page, path: Path) -> None:
    """Write the report as XLSX to *path*; the same page gives the same bytes.

    Raises:
        ReportError: a section does not run.
        OSError: the file cannot be written.
    """
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with path.open("wb") as file:
        made = xlsxwriter.Workbook(file, options)
        made.set_properties(
            {
                "title": page.definition.title,
                "author": page.brand.name,
                "created": page.as_of,
                "comments": page.scope_name,
            }
        )
        book = Book(made, accent=page.brand.accent)
        if page.definition.for_customer:
            _for_customer(book, page)
        else:
            _for_us(book, page)
        made.close()


def _for_us(book: Book, page: Page) -> None:
    _summary(book, page, ("summary", "rules", "trend", "about"))
    _changes(book, page)
    _section(book, page.sections["companies"])
    evidence = page.asking.evidence_names()
    listed = (row for row in page.asking.rows("findings") if row["triage"] != "suppressed")
    for rule, rows in groupby(listed, key=lambda row: str(row["rule"])):
        _rule(book, rule, rows, evidence=evidence.get(rule, ()))
    _section(book, page.sections["not_checked"])
    _set_aside(book, page)


def _for_customer(book: Book, page: Page) -> None:
    _summary(book, page, ("summary", "trend"))
    _changes(book, page)
    columns = {
        name: column
        for name, column in _FOR_CUSTOMER.items()
        if name != "company_name" or page.company_id is None
    }
    for _, rows in groupby(page.asking.rows("findings"), key=lambda row: str(row["rule"])):
        listed = iter(rows)
        first = next(listed)
        book.table(book.sheet(first["title"]), columns, _with(first, listed))


def _summary(book: Book, page: Page, names: Sequence[str]) -> None:
    """The first sheet: what was not checked, totals, and the report's own facts."""
    sheet = book.sheet("Summary")
    sheet.set_column(0, 0, 52)
    sheet.set_column(1, 12, 13)
    lines = [
        (page.headline.checked, book.strong),
        (page.headline.found, book.text),
        *((notice, book.text) for notice in page.notices),
        ("", book.text),
        (page.definition.title, book.title),
        (f"{page.scope_name}, as of {words(page.as_of, 'time')}. {page.brand.name}.", book.quiet),
    ]
    for place, (line, style) in enumerate(lines):
        sheet.write_string(place, 0, line, style)
    row = len(lines) + 1
    for name in names:
        row = book.block(sheet, page.sections[name], row, is_for_customer=page.definition.for_customer)


def _changes(book: Book, page: Page) -> None:
    """Row by row: after a change of rules, everything may be new."""
    file = read_section("changes", folder=page.asking.folder)
    sheet = book.sheet(page.definition.titles.get("changes", file.title))
    rows = page.asking.rows("changes")
    first = next(rows, None)
    if first is None:
        sentence = file.empty_first_run if page.is_first_run else file.empty
        sheet.write_string(0, 0, sentence, book.text)
        return
    is_for_customer = page.definition.for_customer
    most, linked = links_of(_with(first, rows))
    columns = {**columns_of(file, is_for_customer=is_for_customer), **_open_columns(most)}
    book.table(sheet, columns, linked)


def _section(book: Book, section: Section, *, name: str = "") -> None:
    """A section as a sheet of its own, called *name* or by its title."""
    sheet = book.sheet(name or section.title)
    if section.state == "filled":
        book.table(sheet, columns_of(section), section.rows)
    else:
        sheet.write_string(0, 0, section.sentence, book.text)


def _rule(book: Book, rule: str, rows: Iterator[Record], *, evidence: Sequence[str]) -> None:
    """A rule's findings, each piece of evidence in a column of its own, and links into the systems."""
    _, _, short = rule.rpartition(".")
    most, linked = links_of(rows)
    columns = {
        **_FINDING_BEFORE,
        **_open_columns(most),
        **{
            f"evidence.{name}": SheetColumn(label=label(name).capitalize(), form="evidence")
            for name in evidence
        },
        **_FINDING_AFTER,
    }
    book.table(book.sheet(label(short).capitalize()), columns, _spread(linked, evidence))


def _open_columns(most: int) -> dict[str, SheetColumn]:
    names = ["Open", *(f"Open {n}" for n in range(2, most + 1))][:most]
    return {f"link.{place}": SheetColumn(label=name, form="link") for place, name in enumerate(names)}


def _spread(rows: Iterator[Record], evidence: Sequence[str]) -> Iterator[Record]:
    for row in rows:
        told = row["evidence"] or {}
        row.update({f"evidence.{name}": typed(told.get(name)) for name in evidence})
        row["triage"] = "" if row["triage"] == "none" else row["triage"]
        yield row


def _set_aside(book: Book, page: Page) -> None:
    """What people suppressed: each finding with their reason, and the suppressions themselves."""
    sheet = book.sheet("Set aside")
    rows = page.asking.rows("findings", triage="suppressed")
    first = next(rows, None)
    if first is None:
        sheet.write_string(0, 0, "No open finding is suppressed.", book.text)
    else:
        book.table(sheet, _SET_ASIDE, _with(first, rows))
    if section := page.sections.get("set_aside"):
        _section(book, section, name="Suppressions")


def _with(first: Record, rows: Iterator[Record]) -> Iterator[Record]:
    yield first
    yield from rows
