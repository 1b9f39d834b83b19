"""What goes to a customer holds what is theirs and nothing of ours, whichever face it has."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pyarrow.parquet
import pypdf
import pytest

from msp_audit.reporting import Extras, RecordLinks, load_definition, mail_body, render
from tests.reporting import estate
from tests.reporting.conftest import BRAND
from tests.reporting.reading import grid_rows, read_html

COMPANY_ID, COMPANY = estate.COMPANIES[1]
LINKS = RecordLinks(psa="https://psa.example.com/{record_type}/{id}")
#: What only the MSP may read: rules, what to do, evidence, other customers, people's reasons, our systems.
OURS = (
    *(name for _, name in estate.COMPANIES if name != COMPANY),
    *(text for rule in estate.RULES for text in (rule[0], rule[5], rule[6])),
    *("computer_without_configuration", "Computer without configuration", "msp-audit", "0.1.0", "HTTP 403"),
    *("5CG1", "Windows Server", "LT-0417-OLD", "psa.example.com", "configuration_statuses", "Folded"),
    *("Owner asked us to wait", "j.doe", "KEPT-QUIET", "FOLDED-PC", "this database", "not configured"),
)


def _html(text: str) -> str:
    document = read_html(text)
    packed = json.dumps(grid_rows(document), ensure_ascii=False) if document.with_class("packed") else ""
    return text + packed


def _xlsx(content: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    return "\n".join(
        [*book.sheetnames, *cells, str(book.properties.description), str(book.properties.creator)]
    )


def _parquet(content: bytes) -> str:
    table = pyarrow.parquet.read_table(io.BytesIO(content))
    return "\n".join([*table.column_names, *(str(row) for row in table.to_pylist())])


_READERS: dict[str, Callable[[bytes], str]] = {
    "html": lambda content: _html(content.decode()),
    "pdf": lambda content: "\n".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(content)).pages),
    "xlsx": _xlsx,
    "csv": lambda content: content.decode("utf-8-sig"),
    "json": lambda content: json.dumps(json.loads(content), ensure_ascii=False),
    "parquet": _parquet,
}


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The text of every face, and of the mail, of one company's review."""
    made = estate.weekly()
    parent = made.finding("coverage.computer_without_configuration", company=estate.COMPANIES[1], name="LT-9")
    made.finding(
        "coverage.computer_without_configuration",
        company=estate.COMPANIES[1],
        name="FOLDED-PC",
        parent=parent,
    )
    made.finding(
        "hygiene.computer_stale", company=estate.COMPANIES[1], name="KEPT-QUIET", triage="suppressed"
    )
    made.connection.execute(
        "update audit.findings set suppression_id = 's1', triage_until = date '2027-01-01'"
        " where entity_name = 'KEPT-QUIET'"
    )
    made.insert(
        "audit.suppressions",
        run_id=3,
        suppression_id="s1",
        triage="suppressed",
        rule="hygiene.computer_stale",
        company_id=COMPANY_ID,
        author="j.doe",
        reason="Owner asked us to wait",
        ends_on=date(2027, 1, 1),
        is_expired=False,
        ends_soon=False,
        match_count=1,
    )
    review = load_definition("company_review")
    told = {"extras": Extras(links=LINKS, company_name=COMPANY), "company_id": COMPANY_ID, "brand": BRAND}
    paths = render(
        review,
        made.reader(),
        3,
        faces=list(_READERS),
        out_folder=tmp_path_factory.mktemp("customer"),
        **told,  # type: ignore[arg-type]
    )
    read = {path.suffix[1:]: _READERS[path.suffix[1:]](path.read_bytes()) for path in paths}
    mail = mail_body(review, made.reader(), 3, **told)  # type: ignore[arg-type]
    return {**read, "mail": mail.html, "plain": f"{mail.subject}\n{mail.text}"}


@pytest.mark.parametrize("face", [*_READERS, "mail", "plain"])
def test_a_customer_s_face_holds_nothing_of_ours(faces: dict[str, str], face: str) -> None:
    flat = " ".join(faces[face].split())
    assert [text for text in OURS if text in flat] == []


@pytest.mark.parametrize("face", [*_READERS, "mail", "plain"])
def test_and_what_is_theirs(faces: dict[str, str], face: str) -> None:
    flat = " ".join(faces[face].split())
    for text in ("LT-9", "LT-0319", "Last contact 61 days ago"):
        assert text in flat, text


def test_a_customer_s_workbook_has_their_sheets_only(tmp_path: Path) -> None:
    (path,) = render(
        load_definition("company_review"),
        estate.weekly().reader(),
        3,
        faces=["xlsx"],
        out_folder=tmp_path,
        brand=BRAND,
        company_id=COMPANY_ID,
    )
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [
        "Summary",
        "Changes",
        "Automate computer has no PSA co",
        "Active configuration belongs to",
        "Two active configurations share",
    ]
    assert [cell.value for cell in book["Active configuration belongs to"][1]] == [
        "Severity", "What", "Reason", "Since", "Age in days",
    ]  # fmt: skip
