from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest

from msp_audit.errors import ReportError, SettingsError
from msp_audit.reporting import ReportDefinition, load_brand, render
from msp_audit.reporting.pdf import check_pdf
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


def fonts_of(paper: pypdf.PdfReader) -> dict[str, bool]:
    """Every font of the document by name, and whether its letters are inside."""
    found = {}
    for page in paper.pages:
        resources: Any = page["/Resources"]
        for font in resources.get("/Font", {}).values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            inside = inner["/FontDescriptor"].get_object()
            name = str(inner["/BaseFont"]).partition("+")[2]
            found[name] = any(key in inside for key in ("/FontFile", "/FontFile2", "/FontFile3"))
    return found


def test_the_letters_are_ours_and_inside_whatever_is_installed(paper: pypdf.PdfReader) -> None:
    assert fonts_of(paper) == {"Report-Sans": True, "Report-Sans-Bold": True}


def test_greek_cyrillic_and_vietnamese_names_are_set_in_our_letters_too(
    weekly: ReportDefinition, tmp_path: Path
) -> None:
    made = estate.empty()
    made.finding("sync.client_unsynced", name="Ωμέγα Łódź Ёлка Nguyễn Šiška", events={1: "new"})
    small = weekly.model_copy(update={"sections": ("findings_by_company",)})
    (path,) = render(small, made.reader(), 1, faces=["pdf"], out_folder=tmp_path, brand=BRAND)
    assert set(fonts_of(pypdf.PdfReader(path))) == {"Report-Sans", "Report-Sans-Bold"}


def test_a_brand_brings_its_own_letters(weekly: ReportDefinition, tmp_path: Path) -> None:
    folder = Path(load_brand.__code__.co_filename).parent / "theme" / "fonts"
    (tmp_path / "own.woff2").write_bytes((folder / "source-sans-3-latin-400-normal.woff2").read_bytes())
    (tmp_path / "brand.toml").write_text('name = "N"\n[fonts]\nfamily = "Our Own"\nregular = "own.woff2"\n')
    brand = load_brand(tmp_path)
    small = weekly.model_copy(update={"sections": ("about",)})
    pdf, html = render(
        small, estate.empty().reader(), 1, faces=["pdf", "html"], out_folder=tmp_path, brand=brand
    )
    assert "Our-Own" in fonts_of(pypdf.PdfReader(pdf))
    assert '--font:"Our Own",' in html.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('family = "a;b"', "family"),
        ('regular = "own.ttf"', "needs their family"),
        ('family = "Own"\nregular = "own.exe"', "no known kind"),
        ('family = "Own"\nregular = "none.ttf"', "cannot be read"),
    ],
)
def test_a_brand_s_letters_that_cannot_be_used_are_told(tmp_path: Path, written: str, told: str) -> None:
    (tmp_path / "brand.toml").write_text(f"[fonts]\n{written}\n")
    with pytest.raises(SettingsError, match=told):
        load_brand(tmp_path)


def test_the_document_is_tagged_for_those_who_listen(paper: pypdf.PdfReader) -> None:
    root = paper.root_object
    assert root["/MarkInfo"]["/Marked"]  # type: ignore[index]
    kinds = set(_kinds(root["/StructTreeRoot"]))
    assert {"/H1", "/H2", "/Table", "/TR", "/TH", "/TD", "/P", "/Link"} <= kinds


def _kinds(node: Any) -> Iterator[str]:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for item in node:
            yield from _kinds(item)
    elif isinstance(node, dict):
        if "/S" in node:
            yield str(node["/S"])
        yield from _kinds(node.get("/K", []))


def test_bookmarks_lead_to_sections_and_companies(paper: pypdf.PdfReader) -> None:
    titles = [" ".join(str(item.title).split()) for item in _bookmarks(paper.outline)]
    assert {"Summary", "Findings by company", "Rules", "About"} <= set(titles)
    assert any(title.startswith("Dunmore Primary School") for title in titles)


def test_heads_of_tables_and_pages_are_repeated(paper: pypdf.PdfReader) -> None:
    pages = [page.extract_text().splitlines() for page in paper.pages]
    # Margins come last in the text: the section and the sender, then the foot.
    inside = [lines for lines in pages if lines[-2] == f"Findings by company {BRAND.name}"]
    assert len(inside) > 1
    for lines in inside:
        assert lines[0] == "What Finding Since"


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


def test_a_machine_without_pango_gets_the_fix() -> None:
    def missing() -> object:
        raise OSError("cannot load library 'libpango-1.0-0': not found\nand more")

    with pytest.raises(ReportError, match=r"needs the text library Pango.*apt install.*MSYS2") as told:
        check_pdf(import_weasyprint=missing)
    assert "libpango-1.0-0': not found" in str(told.value)
    check_pdf()
    assert "\n" not in str(told.value)
