"""CSV, JSON and Parquet of a report, read back by other programs than the one that wrote them."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from msp_audit.errors import ReportError
from msp_audit.reporting import Extras, RecordLinks, ReportDefinition, render
from tests.reporting import estate
from tests.reporting.conftest import BRAND

DATA = ("csv", "json", "parquet")
LINKS = RecordLinks(psa="https://psa.example.com/{record_type}/{id}")
FORMULA = "=cmd|'/c calc'!A1"


def make(made: estate.Estate, definition: ReportDefinition, folder: Path, run_id: int = 3) -> dict[str, Path]:
    paths = render(
        definition,
        made.reader(),
        run_id,
        faces=DATA,
        out_folder=folder,
        brand=BRAND,
        extras=Extras(links=LINKS),
    )
    return {path.suffix[1:]: path for path in paths}


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The findings of one file, whichever kind it is, as text where the kind knows no types."""
    if path.suffix == ".csv":
        return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    if path.suffix == ".json":
        return list(json.loads(path.read_bytes())["findings"])
    return list(pyarrow.parquet.read_table(path).to_pylist())


@pytest.fixture(scope="module")
def weekly_estate() -> estate.Estate:
    made = estate.weekly()
    made.finding(
        "mapping.company_gone", name=FORMULA, seen=3, reason="two\nlines", evidence={"configuration_id": 71}
    )
    return made


@pytest.fixture(scope="module")
def data(
    weekly_estate: estate.Estate, weekly: ReportDefinition, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    return make(weekly_estate, weekly, tmp_path_factory.mktemp("data"))


@pytest.mark.parametrize("face", DATA)
def test_each_holds_every_open_finding_and_what_was_resolved(
    data: dict[str, Path], weekly_estate: estate.Estate, face: str
) -> None:
    wanted = weekly_estate.connection.execute(
        "select finding_id, detection from audit.findings order by finding_id"
    ).fetchall()
    found = rows_of(data[face])
    assert sorted((row["finding_id"], row["detection"]) for row in found) == wanted
    assert {row["change"] for row in found if row["detection"] == "resolved"} == {"resolved"}
    assert {row["change"] for row in found} == {"", "new", "reopened", "resolved"}


@pytest.mark.parametrize("face", DATA)
def test_each_says_the_same(data: dict[str, Path], face: str) -> None:
    (row,) = [row for row in rows_of(data[face]) if row["reason"] == "two lines"]
    assert row["title"] == "Automate client is mapped to a company that is gone"
    assert str(row["company_id"]) == "2"
    evidence = row["evidence"] if face == "json" else json.loads(row["evidence"])
    assert evidence == {"configuration_id": 71}
    address = "https://psa.example.com/ConfigFv/71"
    assert row["links"] == ({"PSA": address} if face == "json" else address)
    # Only a spreadsheet would run it.
    assert row["entity_name"] == (f"'{FORMULA}" if face == "csv" else FORMULA)


def test_parquet_keeps_types(data: dict[str, Path]) -> None:
    row = rows_of(data["parquet"])[0]
    assert isinstance(row["first_seen_at"], datetime)
    assert isinstance(row["age_days"], int)


def test_json_holds_the_report_s_head_and_sections(data: dict[str, Path], weekly: ReportDefinition) -> None:
    document = json.loads(data["json"].read_bytes())
    assert document["report"]["checked"].startswith("Not checked: 1 list of ConnectWise PSA")
    assert document["report"]["as_of"] == "2026-11-16T06:00:00Z"
    wanted = set(weekly.sections) - {"changes", "findings_by_company"}
    assert set(document["sections"]) == wanted
    refused = document["sections"]["not_checked"]["rows"][0]
    assert refused["verdict"] == "refused"
    trend = document["sections"]["trend"]["rows"][-1]
    assert trend["total"] == document["report"]["totals"]["open_count"] - 1


def test_csv_is_such_as_excel_opens(data: dict[str, Path]) -> None:
    content = data["csv"].read_bytes()
    assert content.startswith(b"\xef\xbb\xbffinding_id,rule,")
    assert content.count(b"\r\n") == len(rows_of(data["csv"])) + 1


def test_the_same_run_gives_the_same_bytes(
    data: dict[str, Path], weekly_estate: estate.Estate, weekly: ReportDefinition, tmp_path: Path
) -> None:
    again = make(weekly_estate, weekly, tmp_path)
    assert {face: path.read_bytes() for face, path in again.items()} == {
        face: path.read_bytes() for face, path in data.items()
    }


def test_nothing_found_is_a_file_with_columns(weekly: ReportDefinition, tmp_path: Path) -> None:
    made = make(estate.empty(), weekly, tmp_path, run_id=1)
    assert {face: rows_of(path) for face, path in made.items()} == {"csv": [], "json": [], "parquet": []}
    assert "reason" in pyarrow.parquet.read_schema(made["parquet"]).names


def test_rows_that_come_in_batches_all_arrive(weekly: ReportDefinition, tmp_path: Path) -> None:
    made = make(estate.crowded(4_500), weekly, tmp_path, run_id=1)
    for path in made.values():
        assert len({row["finding_id"] for row in rows_of(path)}) == 4_500


def test_a_folder_that_cannot_be_written_is_told(weekly: ReportDefinition, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(ReportError, match="taken"):
        make(estate.empty(), weekly, tmp_path / "taken", run_id=1)
