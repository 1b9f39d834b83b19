from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.workbook.workbook import Workbook

from msp_audit.domain import Rows
from msp_audit.reporting import Extras, RecordLinks, ReportDefinition, render
from msp_audit.reporting.sheet import write_sheet
from msp_audit.reporting.workbook_sheet import sheet_name
from tests.reporting import estate
from tests.reporting.conftest import BRAND


@pytest.fixture(scope="module")
def book(files: dict[str, Path]) -> Workbook:
    return openpyxl.load_workbook(files["xlsx"])


def rows(book: Workbook, name: str) -> list[dict[str, object]]:
    head, *body = book[name].iter_rows(values_only=True)
    return [dict(zip([str(h) for h in head], row, strict=True)) for row in body]


def test_the_first_line_says_what_was_not_checked(book: Workbook) -> None:
    assert book.sheetnames[0] == "Summary"
    assert str(book["Summary"]["A1"].value).startswith("Not checked: 1 list of ConnectWise PSA")


def test_there_is_a_sheet_for_changes_each_rule_and_what_was_not_checked(book: Workbook) -> None:
    assert book.sheetnames[1:3] == ["Changes", "Companies"]
    assert "Computer without configuration" in book.sheetnames
    assert book.sheetnames[-3:] == ["Not checked", "Set aside", "Suppressions"]


def test_every_open_finding_stands_in_it_with_those_that_are_folded(book: Workbook) -> None:
    found = [row for name in book.sheetnames[3:-3] for row in rows(book, name)]
    (total,) = (
        estate.weekly()
        .connection.execute("select count(*) from audit.findings where detection <> 'resolved'")
        .fetchall()
    )
    assert len(found) == total[0]
    assert len({row["Finding"] for row in found}) == total[0]
    assert [row for row in found if row["Folded under"]]


def test_evidence_has_columns_of_its_own_with_types(book: Workbook) -> None:
    row = rows(book, "Computer without configuration")[0]
    assert row["Last contact at"] == datetime(2026, 11, 15, 22, 14)
    assert row["Operating system"] == "Windows Server 2019"
    assert rows(book, "Client unsynced")[0]["Computer count"] in range(4, 40)
    assert rows(book, "Serial duplicated")[0]["Names"] == "LT-0417, LT-0417-OLD"


def test_sheets_filter_and_keep_their_heads_in_view(book: Workbook) -> None:
    sheet = book["Computer without configuration"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref is not None
    assert sheet.auto_filter.ref.startswith("A1:")
    assert (sheet.column_dimensions["C"].width or 0) > 10


def test_cells_open_the_records_in_their_systems(weekly: ReportDefinition, tmp_path: Path) -> None:
    made = estate.weekly()
    dashboard = "https://us1.my.auvik.com/#device/AB12"
    made.finding("auvik.serial_placeholder", name="SW-9", evidence={"dashboard_url": dashboard})
    links = RecordLinks(
        psa="https://psa.example.com/{record_type}/{id}", automate_computer="https://rmm.example.com/{id}"
    )
    made.finding(
        "coverage.computer_without_configuration",
        name="PC-9",
        evidence={"computer_id": 31, "configuration_id": 71},
    )
    (path,) = render(
        weekly,
        made.reader(),
        3,
        faces=["xlsx"],
        out_folder=tmp_path,
        brand=BRAND,
        extras=Extras(links=links),
    )
    found = openpyxl.load_workbook(path)

    def opened(sheet: str, what: str) -> list[tuple[object, str]]:
        row = next(row for row in found[sheet].iter_rows() if row[2].value == what)
        hidden = [cell for cell in row if cell.hyperlink is not None]
        # Excel keeps what follows a number sign apart.
        return [
            (cell.value, "#".join(filter(None, (cell.hyperlink.target, cell.hyperlink.location))))
            for cell in hidden
            if cell.hyperlink is not None
        ]

    assert opened("Serial placeholder", "SW-9") == [("Auvik", dashboard)]
    assert opened("Computer without configuration", "PC-9") == [
        ("Automate", "https://rmm.example.com/31"),
        ("PSA", "https://psa.example.com/ConfigFv/71"),
    ]
    assert not [cell for sheet in found for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_what_people_set_aside_has_a_sheet_with_their_reason(
    weekly: ReportDefinition, tmp_path: Path
) -> None:
    made = estate.weekly()
    kept = made.finding("hygiene.computer_stale", name="KEPT-QUIET", triage="suppressed")
    made.connection.execute(
        "update audit.findings set suppression_id = 's1', triage_until = date '2027-01-01'"
        " where finding_id = ?",
        [kept],
    )
    made.insert(
        "audit.suppressions",
        run_id=3,
        suppression_id="s1",
        triage="suppressed",
        finding=kept,
        author="j.doe",
        reason="Owner asked us to wait",
        ends_on=date(2027, 1, 1),
        is_expired=False,
        ends_soon=False,
        match_count=1,
    )
    (path,) = render(weekly, made.reader(), 3, faces=["xlsx"], out_folder=tmp_path, brand=BRAND)
    found = openpyxl.load_workbook(path)
    (row,) = rows(found, "Set aside")
    assert (row["What"], row["Why set aside"], row["By"]) == ("KEPT-QUIET", "Owner asked us to wait", "j.doe")
    assert row["Until"] == datetime(2027, 1, 1)
    assert "KEPT-QUIET" not in {row["What"] for row in rows(found, "Computer stale")}
    (suppression,) = rows(found, "Suppressions")
    assert suppression["Findings"] == 1


def test_every_column_keeps_every_row(weekly: ReportDefinition, tmp_path: Path) -> None:
    (path,) = render(
        weekly, estate.crowded(900).reader(), 1, faces=["xlsx"], out_folder=tmp_path, brand=BRAND
    )
    crowd = openpyxl.load_workbook(path)
    found = [row for name in crowd.sheetnames[3:-3] for row in rows(crowd, name)]
    assert {row["What"] for row in found} == {f"MACHINE-{n}" for n in range(900)}
    assert all(row["Reason"] and row["Operating system"] and row["Finding"] for row in found)


def test_the_parts_of_the_summary_follow_one_another(book: Workbook) -> None:
    filled = [any(row) for row in book["Summary"].iter_rows(values_only=True)]
    assert "no" * 3 not in "".join("yes" if is_filled else "no" for is_filled in filled)


@pytest.mark.parametrize("text", ["<r><t>rich</t> & <b></r>", " kept ", "=1+1", "a\nb", "𝄞" * 20_000])
def test_a_text_is_in_an_answers_sheet_what_it_was(text: str, tmp_path: Path) -> None:
    write_sheet(Rows(columns=("text",), types=("VARCHAR",), rows=((text,),)), tmp_path / "answer.xlsx")
    (cell,) = openpyxl.load_workbook(tmp_path / "answer.xlsx")["answer"]["A2:A2"][0]
    assert cell.data_type == "s"
    assert text.startswith(cell.value)
    assert len(cell.value.encode("utf-16-le")) == min(len(text.encode("utf-16-le")), 2 * 32_767 // 4 * 4)


@given(st.lists(st.text(max_size=60), max_size=12))
def test_sheet_names_are_such_as_excel_takes(wanted: list[str]) -> None:
    taken: list[str] = []
    for name in [*wanted, "History", "Summary", "summary", "a" * 40, "a" * 40]:
        made = sheet_name(name, taken=taken)
        assert 0 < len(made) <= 31
        assert not set(made) & set("[]:*?/\\")
        assert made[0] != "'" != made[-1]
        assert made.casefold() not in {"history", *(t.casefold() for t in taken)}
        taken.append(made)
