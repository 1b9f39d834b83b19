"""With no row, one, thirty and five thousand in every section no page is empty and no row is broken."""

from __future__ import annotations

from dataclasses import replace

import pytest

from msp_audit.reporting import ReportDefinition
from msp_audit.reporting.page import Page, gather
from tests.reporting import estate
from tests.reporting.conftest import BRAND
from tests.reporting.pages import faults, faults_of, sized


@pytest.fixture(scope="module")
def page(weekly: ReportDefinition) -> Page:
    return gather(weekly, estate.weekly().reader(), run_id=3, brand=BRAND)


@pytest.mark.parametrize(("rows", "paper"), [(0, "A4"), (1, "A4"), (30, "A4"), (30, "Letter")])
def test_pages_hold_together_whatever_is_found(page: Page, rows: int, paper: str) -> None:
    definition = page.definition.model_copy(update={"paper": paper})
    assert faults(sized(_with(page, definition), rows)) == []


def test_pages_hold_together_with_five_thousand_rows_a_section(page: Page) -> None:
    definition = page.definition.model_copy(update={"pdf_rows": 200})
    assert faults(sized(_with(page, definition), 5_000)) == []


def _with(page: Page, definition: ReportDefinition) -> Page:
    return replace(page, definition=definition)


@pytest.mark.parametrize(
    ("html", "told"),
    [
        (
            "<p style='white-space:nowrap'>" + "wide " * 200,
            "page 1: 'wide wide wide wide",
        ),
        ("<p style='break-after:page'></p><p>text", "page 1 is empty"),
        ("<table><tr><td>" + "line<br>" * 200, "page 2: 'linelinelineline"),
        ("<h2>Title</h2><p style='break-before:page'>text", "page 1 ends with the heading 'Title'"),
    ],
)
def test_what_is_wrong_is_noticed(html: str, told: str) -> None:
    assert any(fault.startswith(told) for fault in faults_of(html)), faults_of(html)
