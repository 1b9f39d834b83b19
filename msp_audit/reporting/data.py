"""The data faces: one row per finding as CSV and Parquet, the whole report as JSON; written as it is read."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from msp_audit import store
from msp_audit.domain import Record, Rows
from msp_audit.reporting.page import Page
from msp_audit.reporting.part import Section

#: Columns and their types. A finding that this run resolved stands there too, with that ``change``.
COLUMNS: Mapping[str, str] = {
    "finding_id": "VARCHAR",
    "rule": "VARCHAR",
    "title": "VARCHAR",
    "severity": "VARCHAR",
    "company_id": "BIGINT",
    "company_name": "VARCHAR",
    "entity_id": "VARCHAR",
    "entity_name": "VARCHAR",
    "reason": "VARCHAR",
    "detection": "VARCHAR",
    "change": "VARCHAR",
    "triage": "VARCHAR",
    "triage_until": "DATE",
    "set_aside_reason": "VARCHAR",
    "folded_under_id": "VARCHAR",
    "first_seen_at": "TIMESTAMP",
    "last_seen_at": "TIMESTAMP",
    "age_days": "BIGINT",
    "times_reopened": "BIGINT",
    "key": "VARCHAR",
    "evidence": "VARCHAR",
    "links": "VARCHAR",
}
#: What a customer is given of them.
FOR_CUSTOMER = (
    "title", "severity", "company_name", "entity_name", "reason", "change", "first_seen_at", "age_days",
)  # fmt: skip
_BATCH = 2_000
#: A spreadsheet runs a text that begins with one of these.
_LIVE = re.compile(r"\s*[=+@-]")
#: Sections whose rows are findings; those stand in one list, each with its ``change``.
_FINDINGS = frozenset({"changes", "findings", "findings_by_company", "findings_by_rule"})


def write_csv(page: Page, path: Path) -> None:
    """Write the findings as CSV in UTF-8 with the mark that Excel asks for; no cell is a live formula."""
    columns = _columns(page)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([_inert(cell) for cell in row] for row in _rows(page))


def write_json(page: Page, path: Path) -> None:
    """Write the report as one JSON document: its head, its sections, and all findings."""
    with path.open("wb") as file:
        file.write(b'{"report":' + _json(_head(page)))
        sections = {s.name: _section(page, s) for s in _sections(page)}
        file.write(b',\n"sections":' + _json(sections) + b',\n"findings":[')
        columns = _columns(page)
        for place, row in enumerate(page.asking.rows("findings", with_resolved=True)):
            links = {} if page.definition.for_customer else {"links": dict(row["links"])}
            told = {name: row[name] for name in columns}
            file.write((b",\n" if place else b"\n") + _json({**told, **links}))
        file.write(b"\n]}\n")


def write_parquet(page: Page, path: Path) -> None:
    """Write the findings as Parquet with types; key and evidence are JSON in text."""
    columns = _columns(page)
    types = tuple(COLUMNS[name] for name in columns)
    rows = _rows(page)

    def batches() -> Iterator[Rows]:
        while True:
            batch = tuple(islice(rows, _BATCH))
            yield Rows(columns=tuple(columns), types=types, rows=batch)
            if len(batch) < _BATCH:
                return

    store.write_parquet(batches(), path)


def _columns(page: Page) -> Sequence[str]:
    return FOR_CUSTOMER if page.definition.for_customer else tuple(COLUMNS)


def _rows(page: Page) -> Iterator[tuple[object, ...]]:
    columns = _columns(page)
    for row in page.asking.rows("findings", with_resolved=True):
        row["links"] = " ".join(address for _, address in row["links"])
        yield tuple(_cell(row[name]) for name in columns)


def _cell(value: object) -> object:
    return orjson.dumps(value).decode() if isinstance(value, Mapping | list) else value


def _inert(cell: object) -> object:
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return f"'{cell}" if isinstance(cell, str) and _LIVE.match(cell) else cell


def _head(page: Page) -> Record:
    told: Record = {
        "name": page.definition.name,
        "title": page.definition.title,
        "company_name": page.company_name or None,
        "as_of": page.as_of,
        "checked": page.headline.checked,
        "found": page.headline.found,
        "notices": page.notices,
    }
    if page.definition.for_customer:
        return told
    ours = {
        "run_id": page.run_id,
        "company_id": page.company_id,
        "program_version": page.program_version,
        "is_whole": page.headline.is_whole,
        "totals": {name: value for name, value in page.facts.items() if name.endswith("_count")},
    }
    return {**told, **ours}


def _sections(page: Page) -> Iterator[Section]:
    for section in page.listed:
        if section.name not in _FINDINGS:
            yield section


def _section(page: Page, section: Section) -> Record:
    columns = section.columns_on("html" if page.definition.for_customer else "xlsx")
    return {
        "title": section.title,
        "sentence": section.sentence,
        "columns": {column.name: column.label for column in columns},
        "rows": [{column.name: row[column.name] for column in columns} for row in section.rows],
    }


def _json(value: Any) -> bytes:  # noqa: ANN401
    return orjson.dumps(value, default=_told, option=orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z)


def _told(value: object) -> object:
    # Exact decimals and the like; their text loses nothing.
    return value.isoformat() if isinstance(value, date) else str(value)
