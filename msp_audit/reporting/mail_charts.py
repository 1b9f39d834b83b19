"""The charts of a mail, each from the rows of a section: its picture, and its words for who sees none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from msp_audit.domain import Record
from msp_audit.reporting.charts import COLOURS, LINE, SHARE, age_words, flow_words, trend_words
from msp_audit.reporting.charts_lying import COMPANIES, coverage_words
from msp_audit.reporting.page import Page
from msp_audit.reporting.plot import bars_png, flow_png, trend_png
from msp_audit.reporting.words import count, cut, share


@dataclass(frozen=True, slots=True, kw_only=True)
class MailChart:
    """One picture of a mail."""

    #: Its content id.
    name: str
    title: str
    png: bytes
    #: The same figures in words.
    told: str


def mail_charts(page: Page) -> tuple[MailChart, ...]:
    """The charts that *page*'s mail shows: of sections that its definition lists and that have rows."""
    return tuple(_charts(page))


def _charts(page: Page) -> Iterator[MailChart]:
    rows = page.sections["trend"].rows
    if rows:
        yield MailChart(name="trend", title="Open findings", png=trend_png(rows), told=trend_words(rows))
    if len(rows) > 1:
        yield MailChart(name="flow", title="In and out", png=flow_png(rows), told=flow_words(rows))
    if ages := _listed(page, "age"):
        yield MailChart(name="age", title="Age of what is open", png=_age(ages), told=age_words(ages))
    companies = _listed(page, "coverage_by_company")
    if len(companies) > 1:
        lowest = companies[:COMPANIES]
        yield MailChart(
            name="coverage",
            title="Coverage by company" + (", lowest first" if len(companies) > len(lowest) else ""),
            png=_coverage(lowest),
            told=coverage_words(lowest),
        )


def _listed(page: Page, name: str) -> Sequence[Record]:
    return page.sections[name].rows if name in page.definition.sections and name in page.sections else ()


def _age(rows: Sequence[Record]) -> bytes:
    named = [
        (
            str(row["bucket"]),
            [(colour, float(row[name])) for name, colour in COLOURS.items() if row[name]],
            count(row["total"]),
        )
        for row in rows
    ]
    return bars_png(named, most=max(float(row["total"]) for row in rows))


def _coverage(rows: Sequence[Record]) -> bytes:
    named = [
        (
            cut(str(row["company_name"]), 26),
            [(SHARE, float(row["known_share"])), (LINE, 1 - float(row["known_share"]))],
            share(row["known_share"]),
        )
        for row in rows
    ]
    return bars_png(named, most=1)
