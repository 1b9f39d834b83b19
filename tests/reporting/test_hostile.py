"""Names come from strangers' networks: in no face may one do anything but stand there."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pypdf
import pytest
from openpyxl.utils.escape import unescape

from msp_audit.reporting import MailBody, ReportDefinition, mail_body, render
from tests.reporting import estate
from tests.reporting.conftest import BRAND
from tests.reporting.reading import read_html

SCRIPT = "<script>alert(1)</script>"
BREAKOUT = '"></style></script><img src=x onerror=alert(2)>'
FORMULA = "=cmd|'/c calc'!A1"
TURNED = "invoice\u202egpj.exe"
BROKEN = "two\r\nBcc: everyone@example.com\x00\x1b[31m\ud800"
TEMPLATE = "{{ 7 * 7 }}{% include 'x' %}"
LINK = "file:///etc/passwd"
#: A library that writes workbooks takes a text between these for markup of its own.
RICH = "<r><t>rich</t> & <b></r>"
ESCAPE = "_x0041_"
NAMES = (RICH, ESCAPE, SCRIPT, BREAKOUT, FORMULA, TURNED, BROKEN, TEMPLATE, LINK, "+1", "-1+2", "@SUM(A1)")
#: DuckDB holds no lone surrogate; the reader hands over what is left of it.
STORED = [name.replace("\ud800", "\x7f") for name in NAMES]


@pytest.fixture(scope="module")
def made() -> estate.Estate:
    hostile = estate.Estate()
    for run_id in (1, 2, 3):
        hostile.run(run_id)
    hostile.resource(3, "psa", "sites", verdict="refused", reason=f"{SCRIPT} {BREAKOUT}")
    hostile.rule(3, "sync.client_unsynced")
    for place, name in enumerate(STORED):
        hostile.finding(
            "sync.client_unsynced",
            company=(100 + place, name),
            name=name,
            seen=3,
            reason=f"Client {name} has no company.",
            evidence={name: name, "names": [name], "nested": {"deep": name}},
        )
    hostile.count_runs()
    return hostile


@pytest.fixture(scope="module")
def faces(
    made: estate.Estate, weekly: ReportDefinition, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("hostile")
    paths = render(weekly, made.reader(), 3, faces=["html", "pdf", "xlsx"], out_folder=folder, brand=BRAND)
    return {path.suffix[1:]: path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def mail(made: estate.Estate, weekly: ReportDefinition) -> MailBody:
    return mail_body(weekly, made.reader(), 3, brand=BRAND)


def _is_inert(text: str, *, scripts: int) -> None:
    document = read_html(text)
    ran = [e for e in document.all("script") if e.attributes.get("class") != "packed"]
    assert len(ran) == scripts
    assert not [i for i in document.all("img") if not i.attributes["src"].startswith(("data:", "cid:"))]
    assert not [e for e in document.elements if any(name.startswith("on") for name in e.attributes)]
    assert SCRIPT in "".join(e.text for e in document.all("body"))
    assert "\u202e" not in text
    assert "49" not in "".join(e.text for e in document.with_class("c-entity_name"))


def test_html_shows_hostile_names_and_runs_none(faces: dict[str, bytes]) -> None:
    _is_inert(faces["html"].decode(), scripts=1)


def test_mail_shows_hostile_names_and_runs_none(mail: MailBody) -> None:
    _is_inert(mail.html, scripts=0)
    assert SCRIPT in mail.text
    assert "\nBcc:" not in mail.text
    assert not {"\x1b", "\x00", "\u202e"} & set(mail.text)


def test_a_subject_is_one_line_whatever_the_company_is_called(
    made: estate.Estate, weekly: ReportDefinition
) -> None:
    named = weekly.model_copy(update={"subject": "{scope}: {open}"})
    place = STORED.index(BROKEN.replace("\ud800", "\x7f"))
    mail = mail_body(named, made.reader(), 3, brand=BRAND, company_id=100 + place)
    assert "Bcc" in mail.subject
    assert mail.subject.isprintable()


def test_pdf_holds_hostile_names_as_text(faces: dict[str, bytes]) -> None:
    reader = pypdf.PdfReader(io.BytesIO(faces["pdf"]))
    text = "".join(page.extract_text() for page in reader.pages).replace("\n", "")
    assert "alert(1)" in text
    assert "{{ 7 * 7 }}" in text
    assert b"/JavaScript" not in faces["pdf"]
    annotations = [a.get_object() for p in reader.pages for a in p.get("/Annots", [])]
    assert not [a for a in annotations if "/A" in a and "/URI" in a["/A"]]


def test_xlsx_holds_no_formula_and_no_link(faces: dict[str, bytes]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(faces["xlsx"]))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    told = {cell.value for cell in cells}
    assert {FORMULA, RICH, SCRIPT} <= told
    # What Excel would read as a letter's number is written so that it stays these seven letters.
    assert {unescape(str(cell)) for cell in told} >= {ESCAPE}
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert all("\u202e" not in str(cell.value) for cell in cells)


def test_a_path_never_comes_from_a_name(made: estate.Estate, tmp_path: Path) -> None:
    (path,) = render(
        ReportDefinition(name="r", title="../x", sections=("summary",)),
        made.reader(),
        3,
        faces=["xlsx"],
        out_folder=tmp_path / "new",
        brand=BRAND,
        company_id=100,
    )
    assert path == tmp_path / "new" / "r-company-100-2026-11-16.xlsx"
