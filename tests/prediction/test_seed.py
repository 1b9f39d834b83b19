"""Seed 001's own examples: which identifier wins, the case of a serial number, what Unknown means."""

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
    shared.fill("auvik.tenants", [tenant()])
    for relation in ("auvik.devices", "psa.configurations", "psa.configuration_answers"):
        shared.fill(relation, [])
    return shared


def predicted(world: World, one: Record, *configurations: Record, **declared: Any) -> Record:
    world.declare(sync(**{"class_map": {"switch": "Network Hardware"}, **declared}))
    world.fill("auvik.devices", [one])
    world.fill("psa.configurations", configurations)
    return world.predictions()["d1"]


BY_SERIAL = configuration(1, name="other", serial_number="SER1")
BY_NAME = configuration(2, name="core-sw", serial_number="SER2")
ONE = device(name="core-sw", serial_number="SER1")
BOTH = ("serial_number", "host_name")


def test_with_both_matching_the_first_identifier_in_the_list_is_taken(world: World) -> None:
    row = predicted(world, ONE, BY_SERIAL, BY_NAME, identifiers=BOTH)
    assert (row["outcome"], row["identifier"], row["configuration_id"]) == ("match", "serial_number", 1)
    row = predicted(world, ONE, BY_SERIAL, BY_NAME, identifiers=BOTH[::-1])
    assert (row["outcome"], row["identifier"], row["configuration_id"]) == ("match", "host_name", 2)


def test_with_just_the_serial_number_matching_that_one_is_taken(world: World) -> None:
    row = predicted(world, ONE, BY_SERIAL, identifiers=BOTH[::-1])
    assert (row["outcome"], row["identifier"], row["configuration_id"]) == ("match", "serial_number", 1)


def test_with_just_the_host_name_matching_that_one_is_taken_and_called_approximate(world: World) -> None:
    row = predicted(world, ONE, BY_NAME, identifiers=BOTH)
    assert (row["outcome"], row["identifier"], row["configuration_id"]) == ("match", "host_name", 2)
    assert row["is_approximate"]


def test_with_no_match_a_configuration_is_created(world: World) -> None:
    row = predicted(world, ONE, identifiers=BOTH)
    assert (row["outcome"], row["identifier"], row["configuration_id"]) == ("create", None, None)
    assert row["reason"] == "No configuration matches, so one of the type Network Hardware will be created."


def test_a_serial_number_is_compared_by_character_not_by_case(world: World) -> None:
    row = predicted(world, device(serial_number="ser1"), BY_SERIAL)
    assert (row["outcome"], row["configuration_id"]) == ("match", 1)
    row = predicted(
        world, device(serial_number="ser1"), BY_SERIAL, assumptions={"names_match_any_case": False}
    )
    assert row["configuration_id"] == 1


def test_a_device_whose_only_identifier_is_unknown_is_not_synced(world: World) -> None:
    unknown = configuration(1, name="Unknown", serial_number="Unknown")
    row = predicted(world, device(serial_number="Unknown", name="unknown"), unknown)
    assert (row["outcome"], row["cause"]) == ("excluded", "no_identifier")
    row = predicted(world, device(serial_number="Unknown", name="core-sw"), unknown, BY_NAME)
    assert (row["outcome"], row["identifier"]) == ("match", "device_name")


def test_only_active_configurations_are_matched_when_that_is_ticked(world: World) -> None:
    old = configuration(1, serial_number="SER1", is_active=False)
    row = predicted(world, ONE, old, only_match_active=True)
    assert (row["outcome"], row["if_only_match_active"]) == ("create", "match")
    row = predicted(world, ONE, old, only_match_active=False)
    assert (row["outcome"], row["configuration_id"], row["if_only_match_active"]) == ("match", 1, "create")


def test_the_configuration_type_counts_when_that_is_ticked(world: World) -> None:
    printer = configuration(1, serial_number="SER1", configuration_type_name="Printer")
    row = predicted(world, ONE, printer, use_configuration_type_when_matching=True)
    assert (row["outcome"], row["if_use_configuration_type"]) == ("create", "match")
    row = predicted(world, ONE, printer, use_configuration_type_when_matching=False)
    assert (row["outcome"], row["configuration_id"]) == ("match", 1)


def test_without_a_device_class_mapping_nothing_is_created(world: World) -> None:
    row = predicted(world, ONE, class_map={"firewall": "Firewall"})
    assert (row["outcome"], row["cause"]) == ("blocked", "class_unmapped")
    assert "device class switch" in row["reason"]


def test_a_device_that_was_never_online_waits(world: World) -> None:
    row = predicted(world, device(name="core-sw", online_status="offline"), BY_NAME)
    assert (row["outcome"], row["state"]) == ("waiting", "Waiting for Online Time")


def test_the_states_of_the_inventory_mappings_follow_from_the_device_id(world: World) -> None:
    world.fill(
        "psa.configuration_answers",
        [{"configuration_id": 2, "question_id": 1, "question": "auvik id", "answer": "d1"}],
    )
    field = [{"auvik": "Device ID", "psa": "question:Auvik ID"}]
    row = predicted(world, ONE, BY_SERIAL, BY_NAME, field_sync=field)
    assert (row["identifier"], row["configuration_id"], row["state"]) == (
        "device_id",
        2,
        "Mapped and Syncing",
    )
    assert row["identified_configuration_id"] == 1
    row = predicted(world, ONE, BY_SERIAL, BY_NAME, field_sync=field, assumptions={"link_persists": False})
    assert (row["identifier"], row["configuration_id"], row["state"]) == (
        "serial_number",
        1,
        "Ready to Match",
    )
