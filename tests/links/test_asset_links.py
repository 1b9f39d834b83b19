"""Links between assets: what decides, in which order, how sure it is, and what is never taken for a link."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from msp_audit.domain import Record
from tests.prediction.world import World, configuration, device, sync, tenant


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    made = World()
    yield made
    made.close()


@pytest.fixture
def world(shared: World) -> World:
    for relation in (
        "auvik.devices", "auvik.interfaces", "psa.configurations", "psa.configuration_answers",
        "psa.companies", "automate.computers", "automate.clients", "automate.asset_syncs",
        "automate.client_mappings",
    ):  # fmt: skip
        shared.fill(relation, [])
    shared.declare(sync(field_sync=[{"auvik": "device_id", "psa": "question:Auvik ID"}]))
    shared.fill("auvik.tenants", [tenant()])
    shared.fill("automate.client_mappings", [{"client_id": 1, "company_id": 10}])
    return shared


def computer(computer_id: int = 1, **members: Any) -> Record:
    return {"computer_id": computer_id, "client_id": 1, **members}


def links(world: World, relation: str = "computer_configuration_links") -> list[Record]:
    world.make(f"core.{relation}")
    return world.database.query(f"select * from core.{relation} order by all").records()


def link(world: World, one: Record, *configurations: Record) -> Record:
    world.fill("automate.computers", [one])
    world.fill("psa.configurations", configurations)
    return links(world)[0]


def told(row: Record) -> tuple[Any, ...]:
    return row["configuration_id"], row["confidence"], row["evidence"], row["detail"]


def test_a_good_serial_number_is_certain(world: World) -> None:
    row = link(
        world,
        computer(serial_number="s/n: abcd 1234", manufacturer="Dell Inc.", name="PC-1"),
        configuration(100, serial_number="ABCD1234", manufacturer_name="Dell", name="other"),
        configuration(101, serial_number="XYZ98765", name="PC-1"),
    )
    assert told(row) == (100, "certain", "serial number", "ABCD1234")


def test_another_maker_makes_a_long_serial_number_likely_and_a_short_one_nothing(world: World) -> None:
    row = link(
        world,
        computer(serial_number="ABCD1234", manufacturer="HPE"),
        configuration(100, serial_number="ABCD1234", manufacturer_name="Lenovo"),
    )
    assert told(row)[:2] == (100, "likely")
    assert "makers differ" in row["detail"]
    row = link(
        world,
        computer(serial_number="12AB", manufacturer="HPE"),
        configuration(100, serial_number="12AB", manufacturer_name="Lenovo"),
    )
    assert told(row)[:3] == (None, "none", None)


def test_a_short_serial_number_of_another_maker_neither_moves_nor_pairs_anything(world: World) -> None:
    row = link(
        world,
        computer(serial_number="12AB", manufacturer="HPE"),
        configuration(100, company_id=11, serial_number="12AB", manufacturer_name="Lenovo"),
    )
    assert (row["configuration_id"], row["moved_configuration_id"]) == (None, None)
    row = link(
        world,
        computer(serial_number="12AB", manufacturer="HPE", name="PC-1"),
        configuration(100, serial_number="12AB", manufacturer_name="Lenovo"),
        configuration(101, name="PC-1"),
        configuration(102, name="PC-1", is_active=False),
    )
    assert told(row) == (101, "likely", "host name", "pc-1, the only active one")
    world.fill("auvik.devices", [device(serial_number="12AB", make="Lenovo", name="sw")])
    assert links(world, "device_computer_links") == []


def test_makers_that_trade_under_several_names_are_one(world: World) -> None:
    row = link(
        world,
        computer(serial_number="12AB", manufacturer="Hewlett-Packard"),
        configuration(100, serial_number="12AB", manufacturer_name="HP Inc."),
    )
    assert told(row)[:2] == (100, "certain")


def test_of_an_inactive_and_an_active_record_the_active_one_is_likely(world: World) -> None:
    row = link(
        world,
        computer(serial_number="ABCD1234", name="PC-1"),
        configuration(100, serial_number="ABCD1234", name="PC-1", is_active=False),
        configuration(101, serial_number="ABCD1234", name="PC-1"),
    )
    assert told(row) == (101, "likely", "serial number", "ABCD1234, the only active one")


def test_several_with_the_serial_number_are_ambiguous_and_no_name_is_tried(world: World) -> None:
    row = link(
        world,
        computer(serial_number="ABCD1234", name="PC-1"),
        configuration(100, serial_number="ABCD1234", name="a"),
        configuration(101, serial_number="ABCD1234", name="b"),
        configuration(102, name="PC-1"),
    )
    assert told(row) == (None, "ambiguous", "serial number", "ABCD1234 in 2 configurations")
    assert row["candidate_count"] == 2


def test_a_host_name_is_likely_and_a_mac_address_tells_two_apart(world: World) -> None:
    one = computer(name="PC-1.corp.local", mac_address="D4-BE-09-00-00-01")
    row = link(world, one, configuration(100, name="pc-1"))
    assert told(row) == (100, "likely", "host name", "pc-1")
    row = link(
        world,
        one,
        configuration(100, name="pc-1"),
        configuration(101, name="PC-1", mac_address="d4:be:09:00:00:01"),
    )
    assert told(row) == (101, "likely", "host name", "pc-1, told apart by MAC address")


@pytest.mark.parametrize(
    "mac",
    ["00:50:56:c0:00:08", "00:15:5d:01:02:03", "02:11:22:33:44:55", "0a0027000000", "000000000000", "x"],
)
def test_a_mac_address_that_identifies_nothing_suggests_nothing(world: World, mac: str) -> None:
    row = link(world, computer(name="a", mac_address=mac), configuration(100, name="b", mac_address=mac))
    assert row["suggested_configuration_id"] is None


def test_a_mac_address_alone_and_a_cut_name_are_only_suggested(world: World) -> None:
    mac = "d4be09000001"
    row = link(world, computer(name="a", mac_address=mac), configuration(100, name="b", mac_address=mac))
    assert told(row)[:2] == (None, "none")
    assert (row["suggested_configuration_id"], row["suggestion"]) == (100, f"the same MAC address {mac}")
    row = link(world, computer(name="reception-desk-front"), configuration(100, name="RECEPTION-DESK-"))
    assert told(row)[:2] == (None, "none")
    assert row["suggested_configuration_id"] == 100
    row = link(world, computer(name="reception-desk-front"), configuration(100, name="reception-desk-rear"))
    assert row["suggested_configuration_id"] is None


def test_a_serial_number_in_another_company_says_that_the_asset_moved(world: World) -> None:
    one = computer(serial_number="ABCD1234", name="PC-1")
    there = configuration(100, company_id=11, serial_number="ABCD1234")
    row = link(world, one, there)
    assert told(row)[:2] == (None, "none")
    assert (row["moved_configuration_id"], row["moved_company_id"]) == (100, 11)
    row = link(world, one, there, configuration(101, company_id=12, serial_number="ABCD1234"))
    assert row["moved_configuration_id"] is None
    row = link(world, one, there, configuration(102, name="PC-1"))
    assert (row["configuration_id"], row["moved_configuration_id"]) == (102, None)


def test_a_value_on_more_than_three_assets_demotes_itself(world: World) -> None:
    world.fill("psa.configurations", [configuration(100, serial_number="SAME1234")])
    world.fill(
        "automate.computers", [computer(n, serial_number="SAME1234", name=f"p{n}") for n in range(1, 4)]
    )
    assert {told(row)[1] for row in links(world)} == {"certain"}
    world.fill(
        "automate.computers", [computer(n, serial_number="SAME1234", name=f"p{n}") for n in range(1, 5)]
    )
    assert {told(row)[:2] for row in links(world)} == {(None, "none")}
    keys = links(world, "computer_keys")
    assert {(row["serial_key"], row["shared_serial"]) for row in keys} == {(None, "SAME1234")}


def test_the_device_id_that_the_sync_wrote_comes_first(world: World) -> None:
    world.fill("auvik.devices", [device(serial_number="ABCD1234", name="sw")])
    world.fill(
        "psa.configurations",
        [configuration(100, serial_number="ABCD1234"), configuration(101, company_id=11, name="renamed")],
    )
    answer = {"configuration_id": 101, "question_id": 1, "question": "Auvik ID", "answer": "d1"}
    world.fill("psa.configuration_answers", [answer])
    (row,) = links(world, "device_configuration_links")
    assert told(row)[:3] == (101, "certain", "device ID")
    assert row["company_id"] == 11


def test_one_machine_in_all_three_systems_is_linked_three_ways(world: World) -> None:
    world.fill("auvik.devices", [device(name="SRV-1", serial_number="ABCD1234")])
    world.fill("automate.computers", [computer(7, name="srv-1", serial_number="ABCD1234")])
    world.fill("psa.configurations", [configuration(100, serial_number="ABCD1234")])
    rows = links(world, "asset_links")
    assert {(row["from_source"], row["from_id"], row["to_source"], row["to_id"]) for row in rows} == {
        ("automate", "7", "psa", "100"),
        ("auvik", "d1", "psa", "100"),
        ("auvik", "d1", "automate", "7"),
    }
    assert {row["confidence"] for row in rows} == {"certain"}


def test_two_records_of_one_configuration_are_the_same_machine(world: World) -> None:
    world.fill("auvik.devices", [device(name="10.0.0.1", serial_number="ABCD1234")])
    world.fill("automate.computers", [computer(7, name="srv-1")])
    world.fill("psa.configurations", [configuration(100, name="SRV-1", serial_number="ABCD1234")])
    (row,) = links(world, "device_computer_links")
    assert (row["computer_id"], row["confidence"], row["evidence"]) == (7, "likely", "same configuration")


def test_clients_and_tenants_find_their_company_by_mapping_then_by_name(world: World) -> None:
    world.fill(
        "psa.companies",
        [
            {"company_id": 10, "name": "Acme", "is_deleted": False},
            {"company_id": 11, "name": "Beta", "is_deleted": False},
            {"company_id": 12, "name": "Gamma", "is_deleted": False},
            {"company_id": 13, "name": "gamma", "is_deleted": False},
            {"company_id": 14, "name": "Delta", "is_deleted": True},
        ],
    )
    names = {1: "Other", 2: "beta", 3: "Gamma", 4: "Delta"}
    world.fill("automate.clients", [{"client_id": id_, "name": name} for id_, name in names.items()])
    world.fill("auvik.tenants", [tenant(), tenant("t2", "beta") | {"name": "Beta"}])
    rows = {(row["from_source"], row["from_id"]): row for row in links(world, "company_links")}
    assert {key: (row["company_id"], row["confidence"], row["evidence"]) for key, row in rows.items()} == {
        ("automate", "1"): (10, "certain", "client mapping"),
        ("automate", "2"): (11, "likely", "exact name"),
        ("automate", "3"): (None, "ambiguous", "exact name"),
        ("automate", "4"): (None, "none", None),
        ("auvik", "t1"): (10, "certain", "site mapping"),
        ("auvik", "t2"): (11, "likely", "exact name"),
    }
