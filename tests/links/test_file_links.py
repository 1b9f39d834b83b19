"""Assets read from files are linked by the same evidence as computers, and only where they are mapped."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from msp_audit.domain import Record
from msp_audit.reporting.links import RecordLinks
from tests.prediction.world import World, configuration

SERIALS = ("ABCD1234", "abcd 1234", "EFGH5678", "IJ12", "Default string", None, None)
NAMES = ("PC-1", "pc-1.acme.local", "PC-2", "VERY-LONG-HOST-NAME", "VERY-LONG-HOST-", None)
MACS = ("00:1A:2B:00:00:01", "00-1a-2b-00-00-02", None, None)
MAKERS = ("Dell", "Dell Inc.", "HP", None)
LINKED = (
    "configuration_id, company_id, confidence, evidence, detail, candidate_count, suggested_configuration_id"
)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    made = World()
    yield made
    made.close()


def assets(count: int, *, seed: int) -> list[Record]:
    """Assets of two companies, with values that collide."""
    chance = random.Random(seed)
    return [
        {
            "number": number,
            "company": chance.choice((10, 11)),
            "name": chance.choice(NAMES),
            "serial": chance.choice(SERIALS),
            "mac": chance.choice(MACS),
            "maker": chance.choice(MAKERS),
        }
        for number in range(1, count + 1)
    ]


def fill(world: World, found: list[Record], configurations: list[Record]) -> None:
    world.fill("psa.configurations", configurations)
    world.fill("automate.client_mappings", [{"client_id": c, "company_id": c} for c in (10, 11)])
    world.fill("files.organisations", [{"tool": "datto", "organisation_id": str(c)} for c in (10, 11)])
    world.fill(
        "files.organisation_map",
        [{"tool": "datto", "organisation_id": str(c), "company_id": c} for c in (10, 11)],
    )
    shared = [{"name": a["name"], "serial_number": a["serial"], "manufacturer": a["maker"]} for a in found]
    world.fill(
        "automate.computers",
        [
            {**members, "computer_id": a["number"], "client_id": a["company"], "mac_address": a["mac"]}
            for a, members in zip(found, shared, strict=True)
        ],
    )
    world.fill(
        "files.assets",
        [
            {**members, "tool": "datto", "asset_id": str(a["number"]), "organisation_id": str(a["company"])}
            for a, members in zip(found, shared, strict=True)
        ],
    )
    world.fill(
        "files.asset_macs",
        [
            {
                "tool": "datto",
                "asset_id": str(a["number"]),
                "mac_address": a["mac"].lower().translate({45: None, 58: None}),
            }
            for a in found
            if a["mac"]
        ],
    )


def linked(world: World, relation: str, key: str) -> dict[int, Record]:
    world.make(f"core.{relation}")
    rows = world.database.query(f"select {key} as number, {LINKED} from core.{relation}").records()
    return {int(str(row.pop("number")).removeprefix("datto/")): row for row in rows}


@pytest.mark.parametrize("seed", range(8))
def test_the_same_machines_get_the_same_links_from_automate_and_from_files(world: World, seed: int) -> None:
    records = [
        configuration(
            100 + a["number"], company_id=a["company"], name=a["name"], serial_number=a["serial"],
            mac_address=a["mac"], manufacturer_name=a["maker"], is_active=a["number"] % 3 > 0,
        )
        for a in assets(8, seed=seed + 100)
    ]  # fmt: skip
    # At most three of each value: what more of them share links nothing, in each source for itself.
    fill(world, assets(6, seed=seed), records)
    computers = linked(world, "computer_configuration_links", "computer_id")
    files = linked(world, "tool_asset_links", "asset_key")
    assert files == computers


def test_a_tools_own_id_of_the_configuration_comes_first(world: World) -> None:
    fill(world, assets(1, seed=1), [configuration(100, company_id=11, name="other")])
    world.fill(
        "files.assets",
        [{"tool": "datto", "asset_id": "1", "organisation_id": "10", "name": "PC", "configuration_id": 100}],
    )
    (row,) = linked(world, "tool_asset_links", "asset_key").values()
    assert (row["configuration_id"], row["company_id"], row["evidence"]) == (100, 11, "configuration id")


def test_an_asset_of_an_organisation_that_is_not_mapped_is_linked_to_nothing(world: World) -> None:
    fill(world, assets(1, seed=1), [configuration(100, company_id=10, name="PC", serial_number="ABCD1234")])
    world.fill(
        "files.assets",
        [
            {
                "tool": "datto",
                "asset_id": "1",
                "organisation_id": "99",
                "name": "PC",
                "serial_number": "ABCD1234",
            }
        ],
    )
    (row,) = linked(world, "tool_asset_links", "asset_key").values()
    assert (row["configuration_id"], row["confidence"]) == (None, "none")


def test_several_addresses_that_lead_to_different_records_suggest_none(world: World) -> None:
    fill(
        world,
        [],
        [
            configuration(100, company_id=10, name="A", mac_address="001A2B000001"),
            configuration(101, company_id=10, name="B", mac_address="001A2B000002"),
        ],
    )
    world.fill(
        "files.assets",
        [
            {"tool": "datto", "asset_id": number, "organisation_id": "10", "name": "X" + number}
            for number in ("1", "2")
        ],
    )
    world.fill(
        "files.asset_macs",
        [
            {"tool": "datto", "asset_id": "1", "mac_address": "001a2b000001"},
            {"tool": "datto", "asset_id": "1", "mac_address": "001a2b000002"},
            {"tool": "datto", "asset_id": "2", "mac_address": "001a2b000002"},
            {"tool": "datto", "asset_id": "2", "mac_address": "00aaaa000009"},
        ],
    )
    found = linked(world, "tool_asset_links", "asset_key")
    assert [found[n]["suggested_configuration_id"] for n in (1, 2)] == [None, 101]


@pytest.mark.parametrize(
    ("address", "is_linked"),
    [
        ("https://rmm.example/device/1", True),
        ("https://eu.rmm.example/device/1", True),
        ("https://rmm.example.evil.test/1", False),
        ("http://rmm.example/1", False),
        ("javascript:alert(1)", False),
        ("https://auvik.com/1", False),
    ],
)
def test_a_report_links_a_tools_record_only_below_its_declared_host(address: str, is_linked: bool) -> None:
    links = RecordLinks(tool_hosts={"datto": "rmm.example"})
    row = {"key": {}, "evidence": {"monitored_by": "datto", "dashboard_url": address}}
    assert links.of(row) == ([("datto", address)] if is_linked else [])
    undeclared = {"key": {}, "evidence": {"monitored_by": "other", "dashboard_url": address}}
    assert links.of(undeclared) == []
