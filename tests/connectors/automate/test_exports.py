"""Reading exported tables: what people's tools really write, and what must make a reading doubtful."""

from __future__ import annotations

import os
import time
import tracemalloc
from pathlib import Path

import pytest

from msp_audit.connectors.automate import AutomateConnector
from msp_audit.connectors.automate.exports import read_export
from msp_audit.connectors.automate.tables import TABLES
from msp_audit.connectors.base import Page
from msp_audit.domain import Record, ResourceReading, Verdict
from msp_audit.errors import SourceUnavailable
from msp_audit.settings.model import AutomateSettings
from tests.connectors.automate.fake import Reading, read

HEADER = "ClientID,Name,City,ExternalID\n"


def export(folder: Path, content: str | bytes, *, name: str = "clients.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def clients(
    folder: Path, content: str | bytes, *, name: str = "clients.csv"
) -> tuple[list[Record], ResourceReading]:
    result = everything(folder, content, name=name)
    return result.records["clients"], result.readings["clients"]


def everything(folder: Path, content: str | bytes, *, name: str = "clients.csv") -> Reading:
    export(folder, content, name=name)
    return read(AutomateConnector(AutomateSettings(exports=folder)))


def test_a_plain_export_is_complete(tmp_path: Path) -> None:
    rows, reading = clients(tmp_path, HEADER + "1,MSP,Seattle,2\n2,Acme,,\n")
    assert rows == [
        {"ClientID": "1", "Name": "MSP", "City": "Seattle", "ExternalID": "2"},
        {"ClientID": "2", "Name": "Acme", "City": None, "ExternalID": None},
    ]
    assert reading.verdict is Verdict.COMPLETE
    assert reading.proof.rows == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param(
            "clients.csv", b"\xef\xbb\xbfclientid,NAME,ExternalId\r\n1,M\xc3\xbcller,2\r\n", id="BOM"
        ),
        pytest.param("Clients.CSV", "CLIENTID,Name,EXTERNALID\n1,Müller,2\n", id="file name in capitals"),
        pytest.param("clients.csv", b"ClientID,Name,ExternalID\n1,M\xfcller,2\n", id="Latin-1"),
        pytest.param("clients.csv", "ClientID,Name,ExternalID\n1,Müller,2\n".encode("utf-16"), id="UTF-16"),
        pytest.param("clients.tsv", "ClientID\tName\tExternalID\n1\tMüller\t2\n", id="TSV"),
        pytest.param("clients.csv", "ClientID;Name;ExternalID\n1;Müller;2\n", id="semicolons"),
        pytest.param(
            "clients.csv", '"ExternalID","Name","ClientID"\n"2","Müller","1"\n', id="quotes, other order"
        ),
        pytest.param("clients.csv", "Secret,ClientID,Name,ExternalID\nx,1,Müller,2\n", id="more columns"),
        pytest.param("clients.csv", "ClientID,Name,ExternalID\n1,Müller,2", id="no last line end"),
        pytest.param("clients.csv", "ClientID,Name,ExternalID\n\n1,M\0üller,2\n\n", id="empty lines and NUL"),
    ],
)
def test_the_habits_of_other_tools_make_no_difference(
    tmp_path: Path, name: str, content: str | bytes
) -> None:
    rows, reading = clients(tmp_path, content, name=name)
    assert [(row["ClientID"], row["Name"], row["ExternalID"]) for row in rows] == [("1", "Müller", "2")]
    assert "Secret" not in rows[0]
    assert reading.verdict is Verdict.COMPLETE


def test_quoted_cells_may_hold_anything(tmp_path: Path) -> None:
    rows, reading = clients(tmp_path, HEADER + '1,"A ""B"", C\nand a line","x",5\n2,D,y,6\n')
    assert [row["Name"] for row in rows] == ['A "B", C\nand a line', "D"]
    assert reading.verdict is Verdict.COMPLETE


@pytest.mark.parametrize("missing", ["\\N", "NULL", ""])
def test_missing_values_are_missing_however_they_are_written(tmp_path: Path, missing: str) -> None:
    rows, _ = clients(tmp_path, HEADER + f"1,Acme,x,{missing}\n")
    assert rows[0]["ExternalID"] is None


def test_lines_that_do_not_fit_are_named_and_left_out(tmp_path: Path) -> None:
    rows, reading = clients(tmp_path, HEADER + "1,a,x,1\n2,b\n3,c,x,3,more\n,d,x,4\n5,e,x,5\n")
    assert [row["ClientID"] for row in rows] == ["1", "5"]
    assert reading.verdict is Verdict.PARTIAL
    assert "clients.csv" in reading.reason
    assert "3, 4, 5" in reading.reason


def test_many_bad_lines_are_counted(tmp_path: Path) -> None:
    _, reading = clients(tmp_path, HEADER + "1\n" * 12)
    assert "2, 3, 4, 5, 6 and 7 more" in reading.reason


@pytest.mark.parametrize("tail", ['3,"never closed,x,5\n', '3,"closed"late,x,5\n'])
def test_a_broken_quote_is_no_end(tmp_path: Path, tail: str) -> None:
    rows, reading = clients(tmp_path, HEADER + "1,a,x,1\n" + tail)
    assert [row["ClientID"] for row in rows] == ["1"]
    assert reading.verdict is Verdict.PARTIAL
    assert "3" in reading.reason


def test_a_broken_quote_in_the_header_is_a_line_that_does_not_fit(tmp_path: Path) -> None:
    broken = HEADER.rstrip("\n") + ',"closed"late\n'
    rows, reading = clients(tmp_path, broken + "1,a,x,1,\n")
    assert [row["ClientID"] for row in rows] == ["1"]
    assert reading.verdict is Verdict.PARTIAL
    assert "lines that do not fit its header: 1" in reading.reason


def test_a_header_alone_is_an_empty_list(tmp_path: Path) -> None:
    rows, reading = clients(tmp_path, HEADER)
    assert rows == []
    assert reading.verdict is Verdict.COMPLETE
    assert reading.proof.rows == 0


@pytest.mark.parametrize("content", ["", "\n", b"\xef\xbb\xbf"])
def test_a_file_without_a_header_is_absent(tmp_path: Path, content: str | bytes) -> None:
    rows, reading = clients(tmp_path, content)
    assert rows == []
    assert reading.verdict is Verdict.ABSENT
    assert "clients.csv is empty" in reading.reason


def test_a_missing_file_is_absent_and_says_which(tmp_path: Path) -> None:
    reading = everything(tmp_path, HEADER).readings["site_mappings"]
    assert reading.verdict is Verdict.ABSENT
    assert "plugin_cw_sitemapping.csv" in reading.reason


def test_a_missing_column_is_named_as_the_database_names_it(tmp_path: Path) -> None:
    result = everything(tmp_path, "LocationID,CWCompanyRecID\n1,2\n", name="plugin_cw_sitemapping.csv")
    reading = result.readings["site_mappings"]
    assert reading.verdict is Verdict.PARTIAL
    assert "plugin_cw_sitemapping.CWSiteRecID" in reading.reason
    assert result.records["site_mappings"] == [{"LocationID": "1", "CWCompanyRecID": "2"}]


def test_rows_without_their_key_column_are_not_landed(tmp_path: Path) -> None:
    rows, reading = clients(tmp_path, "Name,ExternalID\nAcme,2\n")
    assert rows == []
    assert reading.verdict is Verdict.PARTIAL
    assert "clients.ClientID" in reading.reason


def test_a_key_that_comes_twice_is_kept_once(tmp_path: Path) -> None:
    rows, reading = clients(tmp_path, HEADER + "1,a,x,1\n1,b,x,1\n")
    assert [row["Name"] for row in rows] == ["a"]
    assert reading.proof.duplicates == 1


def test_mapping_rows_of_one_client_are_all_kept(tmp_path: Path) -> None:
    content = "ClientID,CWCompanyRecID,ManagedServiceTemplateID\n2,19,5\n2,19,7\n"
    result = everything(tmp_path, content, name="plugin_cw_clientmapping.csv")
    assert len(result.records["client_mappings"]) == 2


@pytest.mark.parametrize(("hours", "verdict"), [(9.9, Verdict.COMPLETE), (10.1, Verdict.STALE)])
def test_an_old_export_is_stale_but_read(tmp_path: Path, hours: float, verdict: Verdict) -> None:
    path = export(tmp_path, HEADER + "1,a,x,1\n")
    written = time.time() - hours * 3600
    os.utime(path, (written, written))
    result = read(AutomateConnector(AutomateSettings(exports=tmp_path, exports_max_age_hours=10)))
    assert result.readings["clients"].verdict is verdict
    assert len(result.records["clients"]) == 1


def test_a_file_that_changes_meanwhile_is_doubtful(tmp_path: Path) -> None:
    path = export(tmp_path, HEADER + "".join(f"{n},a,x,1\n" for n in range(6_000)))
    events = read_export(path, table=TABLES["clients"], max_age_hours=1)
    assert isinstance(next(events), Page)
    with path.open("a", encoding="utf-8") as stream:
        stream.write("9999,late,x,1\n")
    reading = next(event for event in events if isinstance(event, ResourceReading))
    assert reading.verdict is Verdict.PARTIAL
    assert "changed while it was read" in reading.reason


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="nowhere"):
        read(AutomateConnector(AutomateSettings(exports=tmp_path / "nowhere")))


def test_a_folder_without_any_export_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a table", encoding="utf-8")
    with pytest.raises(SourceUnavailable, match="no export"):
        read(AutomateConnector(AutomateSettings(exports=tmp_path)))


def test_the_declared_kinds_follow_the_settings(tmp_path: Path) -> None:
    export(tmp_path, HEADER)
    chosen = AutomateSettings(exports=tmp_path, entity_types={"client": 30})
    result = read(AutomateConnector(chosen))
    assert result.records["entity_types"] == [{"entity_kind": "client", "entity_type_code": 30}]


def test_memory_does_not_grow_with_a_list_without_a_key(tmp_path: Path) -> None:
    line = "1,22,333," + "4" * 200 + "\n"
    path = export(
        tmp_path,
        "TargetType,LTTargetID,CWConfigRecID,LastSync\n" + line * 100_000,
        name="plugin_cw_lastassetsync.csv",
    )
    tracemalloc.start()
    rows = sum(
        len(event.records)
        for event in read_export(path, table=TABLES["asset_syncs"], max_age_hours=1)
        if isinstance(event, Page)
    )
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rows == 100_000
    assert peak < path.stat().st_size / 2


def test_doctor_names_what_an_export_lacks(tmp_path: Path) -> None:
    export(tmp_path, "LocationID\n1\n", name="plugin_cw_sitemapping.csv")
    export(tmp_path, HEADER)
    export(tmp_path, "", name="tickets.csv")
    connector = AutomateConnector(AutomateSettings(exports=tmp_path))
    checks = {check.name: check for check in connector.check()}
    assert checks["automate exports"].detail.startswith(f"3 of {len(TABLES)} tables")
    assert checks["automate export clients.csv"].is_ok
    assert "plugin_cw_sitemapping.CWSiteRecID" in checks["automate export plugin_cw_sitemapping.csv"].detail
    assert not checks["automate export tickets.csv"].is_ok
