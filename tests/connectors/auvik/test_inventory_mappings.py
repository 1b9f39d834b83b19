"""The Inventory Mappings table as people copy it: from a browser or a spreadsheet, half, old, or another."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msp_audit.connectors.auvik.inventory_mappings import (
    STATES,
    check_inventory_mappings,
    parsed,
    read_inventory_mappings,
)
from msp_audit.connectors.base import Page
from msp_audit.domain import Record, ResourceReading, Verdict

HEAD = "Domain Prefix\tDevice Name\tConfiguration Item\tState\n"
NOON = datetime(2026, 11, 16, 12, tzinfo=UTC).timestamp()
cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters='\t\r\n\0"'), max_size=20)


def copied(text: str | bytes, folder: Path, name: str = "mappings.tsv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    os.utime(path, (NOON, NOON))
    return path


def read(path: Path, *, now: float = NOON, **more: Any) -> tuple[list[Record], ResourceReading]:
    events = list(read_inventory_mappings(path, max_age_hours=192, now=lambda: now, **more))
    rows = [record for event in events if isinstance(event, Page) for record in event.records]
    assert isinstance(events[-1], ResourceReading)
    return rows, events[-1]


def test_what_a_browser_copies_is_read_with_the_time_of_the_file(tmp_path: Path) -> None:
    path = copied(
        HEAD + "acme\tSW-1\t7302\tMapped and Syncing\nacme\tsw \u200b 2\t\tReady to Match\n", tmp_path
    )
    rows, reading = read(path)
    assert (reading.verdict, reading.reason, reading.proof.rows) == (Verdict.COMPLETE, "", 2)
    assert rows[0] == {
        "domain_prefix": "acme",
        "device_name": "SW-1",
        "configuration_item": "7302",
        "state": "Mapped and Syncing",
        "occurrence": 1,
        "copied_at": "2026-11-16T12:00:00",
    }
    assert (rows[1]["device_name"], rows[1]["configuration_item"]) == ("sw 2", None)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_what_a_spreadsheet_saves_is_read_whatever_it_is_called(
    tmp_path: Path, separator: str, encoding: str
) -> None:
    lines = [
        ["State", "device name", "DOMAIN PREFIX", "Last seen", "Configuration Item"],
        ["mapped and syncing", '"Büro, links; ""oben"""', "acme", "x", "7302"],
    ]
    text = "\r\n".join(separator.join(line) for line in lines)
    rows, reading = read(copied(text.encode(encoding), tmp_path, "table.csv"))
    assert reading.verdict is Verdict.COMPLETE
    assert [(row["device_name"], row["state"]) for row in rows] == [('Büro, links; "oben"', STATES[3])]


def test_tables_of_several_tenants_may_follow_one_another_with_what_stood_around_them(tmp_path: Path) -> None:
    table = HEAD + "acme\tSW\t1\tMapped and Syncing\n"
    text = (
        "Integrations\n\n" + table + "\n" + table.replace("acme", "bravo") + "acme\tsw\t2\tReady to Match\n"
    )
    rows, reading = read(copied(text, tmp_path))
    assert reading.verdict is Verdict.COMPLETE
    # Two devices of one name are two lines.
    assert [(row["domain_prefix"], row["occurrence"]) for row in rows] == [
        ("acme", 1),
        ("bravo", 1),
        ("acme", 2),
    ]


def test_the_day_in_the_name_counts_before_the_time_of_the_file(tmp_path: Path) -> None:
    path = copied(HEAD + "acme\tSW\t\tReady to Match\n", tmp_path, "mappings_2026-11-14.tsv")
    assert read(path)[0][0]["copied_at"] == "2026-11-14T00:00:00"
    path = copied(HEAD + "acme\tSW\t\tReady to Match\n", tmp_path, "mappings_2026-99-14.tsv")
    assert read(path)[0][0]["copied_at"] == "2026-11-16T12:00:00"


@pytest.mark.parametrize(
    ("text", "verdict", "told"),
    [
        ("", Verdict.PARTIAL, "no line has the headings Domain Prefix"),
        (
            "Domain Prefix\tDevice Name\tState\nacme\tSW\tReady to Match\n",
            Verdict.PARTIAL,
            "with its headings",
        ),
        (HEAD + "acme\tSW\t\tReady to Match\nacme\tSW2\n", Verdict.PARTIAL, "too few cells: 3"),
        (
            HEAD + "acme\tSW\t\tGood\n" * 7,
            Verdict.PARTIAL,
            "none of the four that Auvik has: 2, 3, 4, 5, 6 and 2 more",
        ),
        (HEAD, Verdict.COMPLETE, ""),
    ],
)
def test_what_is_not_the_table_is_told_with_its_lines(
    tmp_path: Path, text: str, verdict: Verdict, told: str
) -> None:
    _, reading = read(copied(text, tmp_path))
    assert reading.verdict is verdict
    assert told in reading.reason


def test_a_copy_that_grew_old_is_stale_and_a_missing_one_refused(tmp_path: Path) -> None:
    path = copied(HEAD + "acme\tSW\t\tReady to Match\n", tmp_path)
    rows, reading = read(path, now=NOON + 193 * 3600)
    assert (len(rows), reading.verdict) == (1, Verdict.STALE)
    assert "193 hours ago" in reading.reason
    rows, reading = read(tmp_path / "gone.tsv")
    assert (rows, reading.verdict) == ([], Verdict.REFUSED)
    assert "auvik.inventory_mappings" in reading.reason
    assert (
        check_inventory_mappings(path, max_age_hours=192, now=lambda: NOON).detail == "mappings.tsv: 1 lines"
    )
    assert not check_inventory_mappings(tmp_path / "gone.tsv", max_age_hours=192, now=lambda: NOON).is_ok


@given(st.binary(max_size=200) | st.binary(max_size=80).map(lambda tail: HEAD.encode() + tail))
def test_no_bytes_break_it_and_what_comes_out_can_be_stored(content: bytes) -> None:
    for record in parsed(content).records:
        assert record["state"] in STATES
        for value in record.values():
            assert "\0" not in str(value)
            str(value).encode()


@given(st.lists(st.tuples(cells, cells, cells, st.sampled_from(STATES)), max_size=8))
def test_every_line_comes_out_once_and_as_it_was(lines: list[tuple[str, str, str, str]]) -> None:
    text = HEAD + "".join("\t".join(line) + "\n" for line in lines)
    copy = parsed(text.encode())
    assert not copy.short_lines
    assert not copy.strange_states
    tidied = [
        tuple(" ".join(c.replace("\u200b", "").replace("\ufeff", "").split()) for c in line) for line in lines
    ]
    assert [
        (r["domain_prefix"] or "", r["device_name"] or "", r["configuration_item"] or "", r["state"])
        for r in copy.records
    ] == tidied
