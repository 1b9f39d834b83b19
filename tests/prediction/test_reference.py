"""Ours and the reference algorithm agree on 500 random estates, as declared and with every option flipped."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from msp_audit.settings.auvik_sync import AuvikSync
from tests.prediction.reference import Estate, Verdict, flipped, predict
from tests.prediction.world import World

#: Estates of one declaration share a database: their tenants and companies are apart.
DECLARATIONS, ESTATES_EACH = 50, 10
SERIALS = ("A1", "a1", "B2", " B2", "Default string", "Unknown", "N/A", "", None, "0", "\u00a0C3", "C3", "-")
NAMES = ("sw1", "SW1", "sw2", "fw", "FW ", "unknown", None, "10.0.0.1", "sw1.corp", "none")
CLASSES = ("switch", "firewall", "server", "unknown", "printer", None)
TYPES = ("Switch", "SWITCH", "Firewall", "Server", None)
FLIPS = (
    "enabled",
    "managed_only",
    "only_match_active",
    "use_configuration_type_when_matching",
    "identifiers",
    "inventory",
)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    made = World()
    yield made
    made.close()


def random_declaration(dice: random.Random, prefixes: list[str]) -> AuvikSync:
    name = dice.choice(["device_name", "host_name"])
    mapped = {
        kind: dice.choice(["Switch", "firewall", "Server"]) for kind in CLASSES[:4] if dice.random() < 0.7
    }
    declared: dict[str, Any] = {
        "enabled": dice.random() < 0.95,
        "identifiers": dice.choice(
            [["serial_number", name], [name, "serial_number"], ["serial_number"], [name]]
        ),
        "use_configuration_type_when_matching": dice.random() < 0.5,
        "only_match_active": dice.random() < 0.5,
        "managed_only": dice.random() < 0.5,
        "class_map": mapped,
        "field_sync": [{"auvik": "device_id", "psa": "question:Auvik ID"}] if dice.random() < 0.6 else [],
        "site_map": {
            prefix: {"company_id": number, "inventory": dice.random() < 0.85}
            for number, prefix in enumerate(prefixes)
            if dice.random() < 0.85
        },
        "assumptions": {
            "names_match_any_case": dice.random() < 0.7,
            "several_matches": dice.choice(["ambiguous", "ambiguous", "oldest", "latest"]),
            "unmapped_class_stops": dice.choice(["creating", "creating", "matching"]),
            "search_scope": dice.choice(["company", "company", "company", "all"]),
            "link_persists": dice.random() < 0.7,
            "blank_identifiers": dice.choice([["unknown", "n/a", "none", "-"], ["unknown"]]),
        },
    }
    return AuvikSync.model_validate(declared)


def random_estate(dice: random.Random, place: int) -> Estate:
    tenants = {
        f"t{place}": {
            "tenant_id": f"t{place}",
            "domain_prefix": f"p{place}",
            "tenant_type": dice.choice(["client"] * 6 + ["corporateIt", "multiClient"]),
        }
    }
    day = datetime(2026, 1, 1)
    devices = [
        {
            "device_id": f"d{place}.{number}",
            "tenant_id": f"t{place}",
            "name": dice.choice(NAMES),
            "serial_number": dice.choice(SERIALS),
            "device_type": dice.choice(CLASSES),
            "is_managed": dice.choice([True, True, False, None]),
            "online_status": dice.choice(["online", "offline", None]),
            "last_seen_at": dice.choice([day, day, None]),
        }
        for number in range(dice.randint(0, 8))
    ]
    configurations = [
        {
            "configuration_id": place * 100 + number,
            "company_id": place if dice.random() < 0.9 else place + 1000,
            "name": dice.choice(NAMES),
            "serial_number": dice.choice(SERIALS),
            "configuration_type_name": dice.choice(TYPES),
            "is_active": dice.random() < 0.6,
            "created_at": day + timedelta(days=dice.randint(0, 3)),
            "updated_at": day + timedelta(days=dice.randint(0, 3)),
        }
        for number in range(dice.randint(0, 14))
    ]
    carried = {
        place * 100 + number: str(dice.choice(devices)["device_id"])
        for number in range(len(configurations))
        if devices and dice.random() < 0.15
    }
    return Estate(tenants=tenants, devices=devices, configurations=configurations, carried=carried)


def together(estates: list[Estate], sync: AuvikSync) -> Estate:
    return Estate(
        tenants={id_: row for estate in estates for id_, row in estate.tenants.items()},
        devices=[row for estate in estates for row in estate.devices],
        configurations=[row for estate in estates for row in estate.configurations],
        carried={id_: device for estate in estates for id_, device in estate.carried.items()}
        if sync.field_sync
        else {},
    )


def load(world: World, estate: Estate, sync: AuvikSync) -> None:
    clean = {"\u00a0C3": "C3", "FW ": "FW"}
    world.declare(sync)
    world.fill("auvik.tenants", estate.tenants.values())
    # As the views of both sources leave them: names tidied, serial numbers as read.
    world.fill(
        "auvik.devices", [{**row, "name": clean.get(row["name"], row["name"])} for row in estate.devices]
    )
    world.fill(
        "psa.configurations",
        [{**row, "name": clean.get(row["name"], row["name"])} for row in estate.configurations],
    )
    world.fill(
        "psa.configuration_answers",
        [
            {"configuration_id": id_, "question_id": 1, "question": "Auvik ID", "answer": device_id}
            for id_, device_id in estate.carried.items()
        ],
    )


def ours(row: dict[str, Any]) -> Verdict:
    return Verdict(
        outcome=row["outcome"],
        cause=row["cause"],
        identifier=row["identifier"],
        configuration_id=row["configuration_id"],
        count=row["configuration_count"],
    )


def drawn(seed: int) -> tuple[Estate, AuvikSync]:
    dice = random.Random(seed)
    sync = random_declaration(dice, [f"p{place}" for place in range(ESTATES_EACH)])
    return together([random_estate(dice, place) for place in range(ESTATES_EACH)], sync), sync


@pytest.mark.parametrize("seed", range(DECLARATIONS))
def test_we_predict_what_the_reference_algorithm_does(world: World, seed: int) -> None:
    estate, sync = drawn(seed)
    load(world, estate, sync)
    predicted = world.predictions()
    assert set(predicted) == {row["device_id"] for row in estate.devices}
    declared = {row["device_id"]: predict(estate, sync, row) for row in estate.devices}
    assert {id_: ours(row) for id_, row in predicted.items()} == declared
    assert all(row["reason"].endswith(".") for row in predicted.values())
    flips = world.database.query("select * from core.auvik_outcomes where flipped_option <> 'declared'")
    expected = {
        (row["device_id"], option): predict(estate, flipped(sync, option), row)
        for option in FLIPS
        if option != "identifiers" or len(sync.identifiers) == 2
        for row in estate.devices
    }
    assert {(row["device_id"], row["flipped_option"]): ours(row) for row in flips.records()} == expected
    changed = world.database.query("select device_id, flipped_option from core.auvik_prediction_flips")
    assert set(changed) == {
        (device_id, option)
        for (device_id, option), one in expected.items()
        if (one.outcome, one.configuration_id)
        != (declared[device_id].outcome, declared[device_id].configuration_id)
    }


def test_the_random_estates_reach_every_outcome() -> None:
    """A property that never meets a case proves nothing about it."""
    reached: Counter[str] = Counter()
    for seed in range(DECLARATIONS):
        estate, sync = drawn(seed)
        reached.update(predict(estate, sync, row).cause for row in estate.devices)
    assert {cause for cause, count in reached.items() if count >= 10} == {
        "sync_disabled", "tenant_is_folder", "tenant_unmapped", "site_inventory_off", "unmanaged",
        "no_identifier", "not_online_yet", "device_id", "serial_number", "device_name", "host_name",
        "several_configurations", "class_unmapped", "no_configuration",
    }  # fmt: skip
