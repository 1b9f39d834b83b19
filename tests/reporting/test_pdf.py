from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest

from msp_audit.errors import ReportError
from msp_audit.reporting import ReportDefinition, check_pdf, render
from msp_audit.reporting.page import gather
from msp_audit.reporting.pdf import pdf_document
from msp_audit.reporting.templates import environment
from tests.reporting import estate
from tests.reporting.conftest import BRAND


def pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]


@pytest.fixture(scope="module")
def paper(files: dict[str, Path]) -> pypdf.PdfReader:
    return pypdf.PdfReader(files["pdf"])


def test_the_cover_says_first_what_was_not_checked(paper: pypdf.PdfReader) -> None:
    cover = " ".join(paper.pages[0].extract_text().split())
    assert "Weekly inventory audit" in cover
    assert cover.index("Not checked: 1 list") < cover.index("53 open findings")


def test_the_contents_name_the_page_that_a_section_is_on(paper: pypdf.PdfReader) -> None:
    contents = paper.pages[1].extract_text()
    for title in ("Companies", "Findings by company", "Rules", "Sources"):
        found = re.search(rf"^{title}[ .]*(\d+)$", contents, re.MULTILINE)
        assert found, title
        assert title in paper.pages[int(found[1]) - 1].extract_text()


def test_a_rule_s_advice_stands_with_the_rule_and_its_findings_lead_there(paper: pypdf.PdfReader) -> None:
    text = [" ".join(page.extract_text().split()) for page in paper.pages]
    remedy = "Merge the two, or set the one that is gone"
    assert sum(page.count(remedy) for page in text) <= 2
    (place,) = [n for n, page in enumerate(text) if remedy in page and "Examined" in page]
    names = paper.named_destinations
    assert paper.get_destination_page_number(names["rule-hygiene.serial_duplicated"]) == place
    assert "What to do" in " ".join(text)


def test_fifty_findings_are_few_pages_and_none_is_mostly_empty(paper: pypdf.PdfReader) -> None:
    assert len(paper.pages) <= 12
    lengths = [len(page.extract_text()) for page in paper.pages]
    assert min(lengths[1:-1]) > 600, lengths


def test_no_heading_ends_a_page(paper: pypdf.PdfReader) -> None:
    titles = {" ".join(str(item.title).split()) for item in _bookmarks(paper.outline)}
    for page in paper.pages[1:]:
        lines = [line for line in page.extract_text().splitlines() if line.strip()]
        # The last two lines are the foot.
        assert " ".join(lines[-3].split()) not in titles


def _bookmarks(outline: list[Any]) -> Iterator[Any]:
    for item in outline:
        if isinstance(item, list):
            yield from _bookmarks(item)
        else:
            yield item


def test_every_page_but_the_cover_is_numbered(paper: pypdf.PdfReader) -> None:
    total = len(paper.pages)
    for number, page in enumerate(paper.pages, start=1):
        assert (f"{number} / {total}" in page.extract_text()) == (number > 1)


def test_the_document_bears_title_author_and_the_run_s_time(paper: pypdf.PdfReader) -> None:
    about = paper.metadata
    assert about is not None
    assert about.title == "Weekly inventory audit – All companies – 16 Nov 2026"
    assert about.author == BRAND.name
    assert about.creation_date is not None
    assert f"{about.creation_date:%Y-%m-%d %H:%M}" == "2026-11-16 06:00"
    assert str(paper.root_object["/Lang"]) == "en"


def test_the_paper_is_as_the_definition_says(weekly: ReportDefinition, tmp_path: Path) -> None:
    letter = weekly.model_copy(update={"paper": "Letter", "sections": ("about",)})
    (path,) = render(letter, estate.empty().reader(), 1, faces=["pdf"], out_folder=tmp_path, brand=BRAND)
    box = pypdf.PdfReader(path).pages[0].mediabox
    assert (round(box.width), round(box.height)) == (612, 792)


@pytest.mark.slow
def test_more_rows_than_the_budget_are_counted(weekly: ReportDefinition, tmp_path: Path) -> None:
    tight = weekly.model_copy(update={"pdf_rows": 150})
    (path,) = render(tight, estate.crowded(5000).reader(), 1, faces=["pdf"], out_folder=tmp_path, brand=BRAND)
    text = " ".join("\n".join(pages(path.read_bytes())).split())
    shown = len(set(re.findall(r"MACHINE- ?\d+", text)))
    left = sum(
        int(n.replace(",", "")) for n in re.findall(r"([\d,]+) more rows? left out here; the work", text)
    )
    whole = sum(int(n.replace(",", "")) for n in re.findall(r"with ([\d,]+) findings? left out here", text))
    assert 0 < shown < 150
    # What is left out of the companies' table is counted in the same words.
    assert shown + left + whole >= 5000
    assert left + whole > 4800


def test_a_machine_without_pango_gets_the_fix(weekly: ReportDefinition) -> None:
    def missing() -> object:
        raise OSError("cannot load library 'libpango-1.0-0': not found\nand more")

    page = gather(weekly, estate.empty().reader(), run_id=1, brand=BRAND)
    with pytest.raises(ReportError, match=r"needs the text library Pango.*apt install.*MSYS2") as told:
        pdf_document(page, templates=environment(), import_weasyprint=missing)
    assert "libpango-1.0-0': not found" in str(told.value)
    check_pdf()
    assert "\n" not in str(told.value)
