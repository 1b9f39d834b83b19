"""What relations over the history say after several readings, as they are now and as of an earlier one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from msp_audit.connectors import views_folder_of
from msp_audit.domain import Record, ResourceReading, Verdict
from msp_audit.store import Database, Store, Views
from msp_audit.store.database import install_macros
from msp_audit.store.snapshots import Shrinkage

FIRST = datetime(2026, 11, 2, 6)


class Auvik:
    """A store that reads Auvik week by week."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder, in_memory=True)
        self.views = Views.load({"auvik": views_folder_of("auvik")})
        self.week = 0

    def read(self, resource: str, records: Sequence[Record], *, verdict: Verdict = Verdict.COMPLETE) -> int:
        read_at = FIRST + timedelta(weeks=self.week)
        self.week += 1
        with self.store.spool("auvik") as spool:
            for name in ("device_details", "devices", "inventory_mappings"):
                spool.add(name, records if name == resource else [])
            snapshot = self.store.seal(
                source="auvik",
                read_at=read_at,
                sealed_at=read_at,
                spool=spool,
                readings=[
                    ResourceReading(source="auvik", resource=name, verdict=verdict)
                    for name in ("device_details", "devices", "inventory_mappings")
                ],
                keys={"inventory_mappings": ("domain_prefix", "device_name", "occurrence")},
                shrinkage=Shrinkage(share=1, rows=0, is_accepted=True),
                program_version="test",
            )
        self.store.materialise(self.views)
        return snapshot.snapshot_id

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        return list(self.store.database.query(sql))


@pytest.fixture
def auvik(tmp_path: Path) -> Iterator[Auvik]:
    made = Auvik(tmp_path)
    yield made
    made.store.close()


def device(device_id: str, **attributes: object) -> Record:
    return {"id": device_id, "attributes": {"serialNumber": f"S-{device_id}", **attributes}}


HISTORY = "select device_id, first_read_at, gone_at, return_count from auvik.device_history order by 1"


def week(number: int) -> datetime:
    return FIRST + timedelta(weeks=number)


def test_a_device_that_leaves_stays_known_with_the_day_it_was_missed(auvik: Auvik) -> None:
    auvik.read("devices", [device("a"), device("b", deviceName="old")])
    auvik.read("devices", [device("a"), device("b", deviceName="new")])
    auvik.read("devices", [device("a"), device("c")])
    assert auvik.rows(HISTORY) == [
        ("a", week(0), None, 0),
        ("b", week(0), week(2), 0),
        ("c", week(2), None, 0),
    ]
    assert auvik.rows("select name from auvik.device_history where device_id = 'b'") == [("new",)]
    assert auvik.rows("select device_id from auvik.devices order by 1") == [("a",), ("c",)]


def test_a_device_that_comes_back_is_there_and_its_return_is_counted(auvik: Auvik) -> None:
    for there in ("ab", "a", "ab", "a", "ab"):
        auvik.read("devices", [device(name) for name in there])
    assert auvik.rows(HISTORY) == [("a", week(0), None, 0), ("b", week(0), None, 2)]


def test_a_list_that_was_read_in_part_makes_nothing_gone(auvik: Auvik) -> None:
    auvik.read("devices", [device("a"), device("b")])
    auvik.read("devices", [device("a")], verdict=Verdict.PARTIAL)
    assert auvik.rows(HISTORY) == [("a", week(0), None, 0), ("b", week(0), None, 0)]


def test_the_history_as_of_a_day_knows_nothing_of_what_came_later(auvik: Auvik) -> None:
    snapshots = [auvik.read("devices", [device(name) for name in there]) for there in ("ab", "a", "ac")]
    for known, snapshot_id in zip(
        (
            [("a", week(0), None, 0), ("b", week(0), None, 0)],
            [("a", week(0), None, 0), ("b", week(0), week(1), 0)],
        ),
        snapshots,
        strict=False,
    ):
        with Database.open(None) as past:
            install_macros(past)
            past.execute("attach ':memory:' as other")
            for schema in ("history", "audit"):
                past.execute(f"create schema other.{schema}")
            for table in ("history.auvik__devices", "audit.snapshots", "audit.resource_readings"):
                kept = auvik.store.database.query(f"select * from {table}")
                past.execute(f"create table other.{table} ({columns(auvik, table)})")
                past.insert_rows(f"other.{table}", kinds(auvik, table), kept.rows)
            auvik.views.make_as_of(past, ["auvik.device_history"], catalog="other", snapshot_id=snapshot_id)
            assert list(past.query(HISTORY)) == known


def kinds(auvik: Auvik, table: str) -> dict[str, str]:
    return dict(auvik.store.database.query(f"select column_name, column_type from (describe {table})").rows)


def columns(auvik: Auvik, table: str) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in kinds(auvik, table).items())


def line(name: str, state: str, day: int, *, occurrence: int = 1, item: str | None = None) -> Record:
    return {
        "domain_prefix": "Acme",
        "device_name": name,
        "configuration_item": item,
        "state": state,
        "occurrence": occurrence,
        "copied_at": f"2026-11-{day:02}T00:00:00",
    }


SINCE = "select device_name, state, state_since_at::date::varchar from auvik.inventory_mappings order by 1"


def test_a_state_lasts_from_copy_to_copy_and_begins_anew_after_another_one(auvik: Auvik) -> None:
    ready, mapped = "Ready to Match", "Mapped and Syncing"
    for day, (one, two) in (
        (1, (ready, ready)),
        (8, (ready, mapped)),
        (15, (ready, ready)),
        (22, (ready, ready)),
    ):
        auvik.read("inventory_mappings", [line("one", one, day), line("two", two, day)])
    assert auvik.rows(SINCE) == [("one", ready, "2026-11-01"), ("two", ready, "2026-11-15")]
    assert auvik.rows("select distinct copied_at::date::varchar from auvik.inventory_mappings") == [
        ("2026-11-22",)
    ]


def test_reading_the_same_copy_again_makes_no_state_older(auvik: Auvik) -> None:
    for _ in range(3):
        auvik.read("inventory_mappings", [line("one", "Ready to Match", 1)])
    assert auvik.rows("select copied_at - state_since_at from auvik.inventory_mappings") == [(timedelta(),)]


def test_lines_that_share_a_name_are_counted_and_ids_are_numbers(auvik: Auvik) -> None:
    auvik.read(
        "inventory_mappings",
        [
            line("one", "Mapped and Syncing", 1, item="7302"),
            line("ONE", "Mapped and Syncing", 1, item="see notes"),
            line("two", "Mapped and Syncing", 1),
        ],
    )
    told = "select domain_prefix, line_count, configuration_id from auvik.inventory_mappings order by all"
    assert auvik.rows(told) == [("acme", 1, None), ("acme", 2, 7302), ("acme", 2, None)]
