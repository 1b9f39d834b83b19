"""Monitoring tools read from files: the layout, what is refused with file and line, and the verdicts."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from msp_audit.connectors import connector
from msp_audit.connectors.base import Page
from msp_audit.connectors.files import FilesConnector
from msp_audit.connectors.files.layout import TABLES
from msp_audit.domain import Record, ResourceReading, Verdict
from msp_audit.errors import SettingsError
from msp_audit.settings import load_settings
from msp_audit.settings.files import FileToolSettings
from msp_audit.store.parquet import parquet_rows
from tests.connectors.landed import typed

NOW = 1_800_000_000.0
EVERYTHING = ("serial_number", "mac_address", "last_seen_at", "is_online")
ORGANISATIONS = "organisation_id,name\no1,Acme\no2,Initech\n"
ASSETS = (
    "asset_id,organisation_id,name,kind,serial_number,mac_address,last_seen_at,is_online\n"
    "a1,o1,SRV-1,Server,ABCD1234,00:1A:2B:3C:4D:5E;001a2b3c4d5f,2026-11-01T06:00:00+01:00,yes\n"
    "a2,o2,PC-2,,,,,\n"
)


def tool(folder: Path, *, reports: Any = EVERYTHING, **files: Any) -> FileToolSettings:
    """A tool whose folder holds *files*; ``assets_csv`` is assets.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / f"{name.rpartition('_')[0]}.{name.rpartition('_')[2]}"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        os.utime(path, (NOW, NOW))
    return FileToolSettings(folder=folder, reports=reports, organisations={"o1": 250})


def read(**tools: FileToolSettings) -> tuple[dict[str, list[Record]], dict[str, ResourceReading]]:
    records: dict[str, list[Record]] = {}
    readings: dict[str, ResourceReading] = {}
    for event in FilesConnector(tools, parquet=parquet_rows, now=lambda: NOW + 3600).read():
        if isinstance(event, Page):
            assert event.resource not in readings, "a page after its reading"
            records.setdefault(event.resource, []).extend(event.records)
        else:
            readings[event.resource] = event
    return records, readings


def told(readings: dict[str, ResourceReading], resource: str) -> tuple[Verdict, str]:
    return readings[resource].verdict, readings[resource].reason


def test_a_whole_export_becomes_typed_relations(tmp_path: Path) -> None:
    sites = "site_id,organisation_id,name\ns1,o1,Head office\n"
    datto = tool(tmp_path, organisations_csv=ORGANISATIONS, sites_csv=sites, assets_csv=ASSETS)
    records, readings = read(datto=datto)
    assert {r.verdict for r in readings.values()} == {Verdict.COMPLETE}
    assert readings["assets"].proof.rows == 2
    with typed("files", records) as database:
        asset = database.query("select * from files.assets order by asset_id").records()[0]
        assert asset["kind"] == "server"
        assert asset["serial_number"] == "ABCD1234"
        assert asset["last_seen_at"].isoformat() == "2026-11-01T05:00:00"
        assert asset["is_online"] is True
        assert asset["is_managed"] is True
        macs = database.query("select * from files.asset_macs order by mac_address").rows
        assert macs == (("datto", "a1", "001a2b3c4d5e"), ("datto", "a1", "001a2b3c4d5f"))
        mapped = database.query("select * from files.organisation_map").rows
        assert mapped == (("datto", "o1", 250),)


@pytest.mark.parametrize("suffix", ["csv", "tsv", "parquet"])
def test_the_same_table_reads_the_same_from_every_kind_of_file(tmp_path: Path, suffix: str) -> None:
    rows = [line.split(",") for line in ASSETS.splitlines()]
    organisations = ORGANISATIONS if suffix == "parquet" else ORGANISATIONS.upper()
    files: dict[str, str | bytes] = {}
    if suffix == "parquet":
        table = pa.table({name: [row[i] or None for row in rows[1:]] for i, name in enumerate(rows[0])})
        pq.write_table(table, tmp_path / "assets.parquet")
        os.utime(tmp_path / "assets.parquet", (NOW, NOW))
    elif suffix == "tsv":
        files["assets_tsv"] = ("\ufeff" + ASSETS.upper().replace(",", "\t")).encode("utf-8")
    else:
        files["assets_csv"] = ASSETS.upper().replace("5E;", "5E ").replace(",", ";").encode("utf-16")
    records, readings = read(one=tool(tmp_path, organisations_csv=organisations, **files))
    assert told(readings, "assets") == (Verdict.COMPLETE, "")
    first = records["assets"][0]
    assert (first["asset_id"].lower(), first["kind"], first["is_online"]) == ("a1", "server", True)
    assert len(records["asset_macs"]) == 2


def test_parquet_may_hold_real_times_truths_and_numbers(tmp_path: Path) -> None:
    table = pa.table(
        {
            "asset_id": [7],
            "organisation_id": ["o1"],
            "name": ["PC"],
            "last_seen_at": [datetime(2026, 11, 1, 5, tzinfo=UTC)],
            "is_online": [False],
        }
    )
    settings = tool(tmp_path, organisations_csv=ORGANISATIONS, reports=("last_seen_at", "is_online"))
    pq.write_table(table, tmp_path / "assets.parquet")
    os.utime(tmp_path / "assets.parquet", (NOW, NOW))
    records, readings = read(one=settings)
    assert told(readings, "assets") == (Verdict.COMPLETE, "")
    asset = records["assets"][0]
    assert (asset["asset_id"], asset["is_online"]) == ("7", False)
    assert asset["last_seen_at"] == "2026-11-01T05:00:00+00:00"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("a1,o1,PC,server,,,,", "line 4: its asset_id stands in an earlier line"),
        (",o1,PC,server,,,,", "line 4: asset_id is empty"),
        ("a9,o9,PC,server,,,,", "line 4: its organisation_id stands in no line of organisations"),
        ("a9,o1,PC,laptop,,,,", "line 4: kind is not one of server, workstation, network, other"),
        ("a9,o1,PC,server,,,31.12.2026,", "line 4: last_seen_at is not a time such as 2026-11-02T06:00:00Z"),
        ("a9,o1,PC,server,,,,maybe", "line 4: is_online is not one of true"),
        ("a9,o1,PC,server,,00:11,,", "line 4: mac_address is not MAC addresses such as"),
        ("a9,o1", "line 4: it does not fit the header"),
        ('a9,o1,"PC,server,,,,', "line 4: it does not fit the header"),
    ],
)
def test_a_line_that_does_not_fit_is_named_and_the_list_is_partial(
    tmp_path: Path, line: str, complaint: str
) -> None:
    records, readings = read(
        datto=tool(tmp_path, organisations_csv=ORGANISATIONS, assets_csv=ASSETS + line + "\n")
    )
    verdict, reason = told(readings, "assets")
    assert verdict is Verdict.PARTIAL
    assert reason.startswith(f"datto: assets.csv: {complaint}")
    assert len(records["assets"]) == 2
    assert readings["organisations"].verdict is Verdict.COMPLETE


def test_many_bad_lines_are_counted_and_nothing_of_them_is_quoted(tmp_path: Path) -> None:
    bad = "".join(f"b{number},o1,PC,hunter2,,,,\n" for number in range(50))
    _, readings = read(datto=tool(tmp_path, organisations_csv=ORGANISATIONS, assets_csv=ASSETS + bad))
    assert "and 47 more" in readings["assets"].reason
    assert "hunter2" not in readings["assets"].reason


@pytest.mark.parametrize(
    ("files", "resource", "verdict", "complaint"),
    [
        ({}, "assets", Verdict.ABSENT, "There is no assets.csv"),
        ({"assets_csv": ""}, "assets", Verdict.ABSENT, "without even a header"),
        ({"assets_csv": "asset_id,name\n"}, "assets", Verdict.PARTIAL, "lacks the column organisation_id"),
        (
            {"assets_csv": "asset_id,organisation_id,name\n"},
            "assets",
            Verdict.PARTIAL,
            "lacks the column serial_number, which the settings say that the tool reports",
        ),
        ({"assets_csv": ASSETS.splitlines()[0] + "\n"}, "assets", Verdict.COMPLETE, ""),
        (
            {"assets_csv": ASSETS.splitlines()[0].replace("mac_address", "mac") + "\n"},
            "asset_macs",
            Verdict.ABSENT,
            "export the addresses, or take it out of reports",
        ),
        ({"assets_csv": "name,name,asset_id,organisation_id"}, "assets", Verdict.PARTIAL, "name twice"),
        ({"assets_parquet": b"PAR1 no"}, "assets", Verdict.PARTIAL, "cannot be read as a Parquet file"),
    ],
)
def test_what_is_missing_is_said(
    tmp_path: Path, files: dict[str, Any], resource: str, verdict: Verdict, complaint: str
) -> None:
    _, readings = read(datto=tool(tmp_path, organisations_csv=ORGANISATIONS, **files))
    assert readings[resource].verdict is verdict
    assert complaint in readings[resource].reason


def test_an_old_file_is_stale(tmp_path: Path) -> None:
    settings = tool(tmp_path, organisations_csv=ORGANISATIONS, assets_csv=ASSETS)
    os.utime(tmp_path / "assets.csv", (NOW - 200 * 3600, NOW - 200 * 3600))
    _, readings = read(datto=settings)
    assert readings["assets"].verdict is Verdict.STALE
    assert "201 hours old" in readings["assets"].reason
    assert readings["asset_macs"].verdict is Verdict.STALE
    assert readings["organisations"].verdict is Verdict.COMPLETE


def test_one_tool_without_its_files_leaves_the_list_of_all_incomplete(tmp_path: Path) -> None:
    good = tool(tmp_path / "a", organisations_csv=ORGANISATIONS, assets_csv=ASSETS)
    records, readings = read(datto=good, central=tool(tmp_path / "b"))
    assert readings["assets"].verdict is Verdict.PARTIAL
    assert readings["assets"].reason.startswith("central: There is no assets.csv")
    assert {record["tool"] for record in records["assets"]} == {"datto"}
    gone = FileToolSettings(folder=tmp_path / "nowhere", reports=())
    _, readings = read(datto=good, central=gone)
    assert "central: " in readings["assets"].reason
    assert "files.central.folder" in readings["assets"].reason


def test_sites_may_be_left_out_and_nothing_is_partial_for_it(tmp_path: Path) -> None:
    datto = tool(tmp_path / "a", organisations_csv=ORGANISATIONS, assets_csv=ASSETS)
    _, readings = read(datto=datto)
    assert readings["sites"].verdict is Verdict.ABSENT
    sites = "site_id,organisation_id,name\ns1,o1,Head office\n"
    other = tool(tmp_path / "b", organisations_csv=ORGANISATIONS, assets_csv=ASSETS, sites_csv=sites)
    _, readings = read(datto=datto, other=other)
    assert readings["sites"].verdict is Verdict.COMPLETE


def test_what_a_tool_is_not_said_to_report_is_not_taken_from_its_file(tmp_path: Path) -> None:
    settings = tool(tmp_path, organisations_csv=ORGANISATIONS, assets_csv=ASSETS, reports=("is_online",))
    records, readings = read(datto=settings)
    assert {r.verdict for n, r in readings.items() if n != "sites"} == {Verdict.COMPLETE}
    assert "serial_number" not in records["assets"][0]
    assert "asset_macs" not in records
    assert records["tools"] == [{"tool": "datto", "reports": ["is_online"]}]


def test_addresses_may_stand_in_a_file_of_their_own(tmp_path: Path) -> None:
    macs = "asset_id,mac_address\na1,00-1A-2B-3C-4D-5E\na1,00-1A-2B-3C-4D-5E\na2,001A.2B3C.4D60\n"
    settings = tool(
        tmp_path,
        organisations_csv=ORGANISATIONS,
        assets_csv=ASSETS.replace("mac_address", "other"),
        asset_macs_csv=macs,
    )
    records, readings = read(datto=settings)
    assert told(readings, "asset_macs") == (Verdict.COMPLETE, "")
    assert [(r["asset_id"], r["mac_address"]) for r in records["asset_macs"]] == [
        ("a1", "00-1A-2B-3C-4D-5E"),
        ("a2", "001A.2B3C.4D60"),
    ]


def test_doctor_says_of_each_file_what_is_wrong_and_what_to_do(tmp_path: Path) -> None:
    settings = tool(tmp_path, organisations_csv=ORGANISATIONS, assets_csv=ASSETS + "a9\n")
    checks = {c.name: c for c in FilesConnector({"datto": settings}, now=lambda: NOW).check()}
    assert checks["datto organisations"].is_ok
    assert checks["datto organisations"].detail == "2 rows"
    assert checks["datto sites"].is_ok
    assert not checks["datto assets"].is_ok
    assert "line 4" in checks["datto assets"].detail
    assert "docs/connecting/files.md" in checks["datto assets"].fix


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ('[files.auvik]\nfolder = "x"\nreports = []', "is taken"),
        ('[files."My Tool"]\nfolder = "x"\nreports = []', "is no name for a tool"),
        ('[files.datto]\nfolder = "x"', "reports: Field required"),
        ('[files.datto]\nfolder = "x"\nreports = ["serial"]', "'serial_number', 'mac_address'"),
        ('[files.datto]\nfolder = "x"\nreports = ["is_online", "is_online"]', "stands twice"),
        ('[files.datto]\nfolder = "x"\nreports = []\nlink_host = "https://a"', "is no host"),
        ('[files.datto]\nfolder = "x"\nreports = []\ncover = []', "unknown setting"),
    ],
)
def test_settings_that_cannot_be_are_refused(tmp_path: Path, written: str, complaint: str) -> None:
    (tmp_path / "msp-audit.toml").write_text(written)
    with pytest.raises(SettingsError, match=complaint):
        load_settings(tmp_path)


def test_the_page_about_files_lists_every_column() -> None:
    page = (Path(__file__).parents[3] / "docs" / "connecting" / "files.md").read_text(encoding="utf-8")
    for table in TABLES:
        assert f"`{table.name}`" in page
        for column in table.columns:
            assert f"`{column.name}`" in page, column.name


def test_the_example_of_the_page_is_read_completely(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "connecting" / "files.md").read_text(encoding="utf-8")
    blocks = dict(re.findall(r"`exports/datto/(\w+)\.csv`:\n\n```csv\n(.*?)```", page, re.DOTALL))
    (tmp_path / "exports" / "datto").mkdir(parents=True)
    for name, text in blocks.items():
        (tmp_path / "exports" / "datto" / f"{name}.csv").write_text(text)
    (tmp_path / "msp-audit.toml").write_text(re.findall(r"```toml\n(.*?)```", page, re.DOTALL)[0])
    reader = connector("files", settings=load_settings(tmp_path))
    readings = [event for event in reader.read() if isinstance(event, ResourceReading)]
    rows = {reading.resource: reading.proof.rows for reading in readings}
    assert {r.resource for r in readings if r.verdict is not Verdict.COMPLETE} == {"sites"}
    assert (rows["organisations"], rows["assets"], rows["asset_macs"]) == (2, 3, 3)
