"""Ours and a plain reading of the same words agree on every asset of 300 random estates."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from tests.links.reference import (
    MAKERS,
    NAMES,
    Link,
    Thing,
    computer_of,
    configuration_of,
    demoted,
    macs,
    serials,
)
from tests.prediction.world import World, configuration, sync, tenant

#: Estates of one database have companies, serial numbers and MAC addresses of their own.
DATABASES, ESTATES_EACH = 12, 25
#: Of one estate: its companies, and its clients with their companies. One is mapped twice, one nowhere.
COMPANIES = (0, 1, 2)
CLIENTS = ((0, 0), (1, 1), (1, 2))
UNMAPPED = 2


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    made = World()
    companies = [10 * place + company for place in range(ESTATES_EACH) for company in COMPANIES]
    made.declare(
        sync(
            field_sync=[{"auvik": "device_id", "psa": "question:Auvik ID"}],
            site_map={f"p{company}": {"company_id": company} for company in companies},
        )
    )
    made.fill("auvik.tenants", [tenant(f"t{company}", f"p{company}") for company in companies])
    made.fill(
        "automate.client_mappings",
        [
            {"client_id": 10 * place + client, "company_id": 10 * place + company}
            for place in range(ESTATES_EACH)
            for client, company in CLIENTS
        ],
    )
    yield made
    made.close()


class Estate:
    """Random records, as written and as they are compared."""

    def __init__(self, seed: int, place: int) -> None:
        self._dice = random.Random(1000 * seed + place)
        self._place = place
        self._serials, self._macs = serials(place), macs(place)
        self.written: dict[str, list[dict[str, Any]]] = {"computers": [], "devices": [], "configurations": []}
        #: Some estates are crowded, so that values repeat; most are not.
        most = self._dice.choice([3, 5, 8, 14])
        self.configurations = [
            self._configuration(100 * place + n) for n in range(self._dice.randint(0, most))
        ]
        self.computers = [self._computer(100 * place + n) for n in range(self._dice.randint(0, most))]
        self.devices = [self._device(f"d{place}.{n}") for n in range(self._dice.randint(0, most))]

    def _any(self, values: Any) -> Any:
        return self._dice.choice(list(values))

    def _record(self, kind: str, serial: str, maker: str, mac: str | None) -> tuple[dict[str, Any], Any]:
        row = {serial: self._any(self._serials), "name": self._any(NAMES), maker: self._any(MAKERS)}
        if mac:
            row[mac] = self._any(self._macs)
        self.written[kind].append(row)
        keys = {
            "serial": self._serials[row[serial]], "name": NAMES[row["name"]], "maker": MAKERS[row[maker]],
            "mac": self._macs[row[mac]] if mac else None,
        }  # fmt: skip
        return row, keys

    def _configuration(self, id_: int) -> Thing:
        row, keys = self._record("configurations", "serial_number", "manufacturer_name", "mac_address")
        company, is_active = 10 * self._place + self._any(COMPANIES), self._dice.random() < 0.7
        row |= configuration(id_, company_id=company, is_active=is_active)
        return Thing(id=id_, companies=(company,), is_active=is_active, **keys)

    def _computer(self, id_: int) -> Thing:
        row, keys = self._record("computers", "serial_number", "manufacturer", "mac_address")
        client = self._any((0, 0, 1, UNMAPPED))
        row |= {"computer_id": id_, "client_id": 10 * self._place + client}
        companies = tuple(10 * self._place + company for of, company in CLIENTS if of == client)
        return Thing(id=id_, companies=companies, declared=self._declared(), **keys)

    def _device(self, id_: str) -> Thing:
        row, keys = self._record("devices", "serial_number", "make", None)
        company = 10 * self._place + self._any(COMPANIES)
        row |= {"device_id": id_, "tenant_id": f"t{company}"}
        return Thing(id=id_, companies=(company,), declared=self._declared(), **keys)

    def _declared(self) -> int | None:
        ids = [int(one.id) for one in self.configurations]
        return self._any(ids) if ids and self._dice.random() < 0.1 else None

    def expected(self) -> dict[tuple[str, str, str], Link]:
        """Asset -> its link, by the plain reading."""
        configurations = demoted(self.configurations)
        computers, devices = demoted(self.computers), demoted(self.devices)
        of_computers = {
            one.id: configuration_of(one, configurations, name_word="host name", by="asset sync")
            for one in computers
        }
        of_devices = {
            one.id: configuration_of(one, configurations, name_word="device name", by="device ID")
            for one in devices
        }
        links = {("automate", str(id_), "psa"): link for id_, link in of_computers.items()}
        links |= {("auvik", str(id_), "psa"): link for id_, link in of_devices.items()}
        known = [(id_, link.to) for id_, link in of_computers.items()]
        for one in devices:
            if link := computer_of(one, of_devices[one.id].to, computers, known):
                links["auvik", str(one.id), "automate"] = link
        return links


def load(world: World, estates: list[Estate]) -> None:
    """Put them where a snapshot would put them."""
    for relation, kind in (
        ("automate.computers", "computers"),
        ("auvik.devices", "devices"),
        ("psa.configurations", "configurations"),
    ):
        world.fill(relation, [row for estate in estates for row in estate.written[kind]])
    world.fill(
        "automate.asset_syncs",
        [
            {"entity_kind": "computer", "entity_id": one.id, "configuration_id": one.declared}
            for estate in estates
            for one in estate.computers
            if one.declared is not None
        ],
    )
    world.fill(
        "psa.configuration_answers",
        [
            {
                "configuration_id": one.declared,
                "question_id": number,
                "question": "Auvik ID",
                "answer": one.id,
            }
            for estate in estates
            for number, one in enumerate(estate.devices)
            if one.declared is not None
        ],
    )


def linked(world: World) -> dict[tuple[str, str, str], Link]:
    world.make("core.asset_links")
    rows = world.database.query("select * from core.asset_links").records()
    assert all(row["evidence"] is None or row["detail"] for row in rows)
    assert all(row["suggested_id"] is None or row["suggestion"] for row in rows)
    made = {
        (row["from_source"], row["from_id"], row["to_source"]): Link(
            to=_number(row["to_id"]),
            confidence=row["confidence"],
            evidence=row["evidence"],
            count=row["candidate_count"],
            suggested=_number(row["suggested_id"]),
            moved=_number(row["moved_id"]),
        )
        for row in rows
    }
    assert len(made) == len(rows)
    return made


def _number(value: str | None) -> int | None:
    return None if value is None else int(value)


@pytest.mark.parametrize("seed", range(DATABASES))
def test_every_asset_is_linked_as_the_plain_reading_says(world: World, seed: int) -> None:
    estates = [Estate(seed, place) for place in range(ESTATES_EACH)]
    load(world, estates)
    made = linked(world)
    for estate in estates:
        expected = estate.expected()
        assert {key: made.pop(key, None) for key in expected} == expected
    assert made == {}


def test_the_random_estates_reach_every_way_to_a_link() -> None:
    """A property that never meets a case proves nothing about it."""
    reached: Counter[object] = Counter()
    for seed, place in product(range(DATABASES), range(ESTATES_EACH)):
        estate = Estate(seed, place)
        for (source, _, to), link in estate.expected().items():
            reached.update([(source, to, link.confidence, link.evidence)])
            reached.update([which for which in ("suggested", "moved") if getattr(link, which) is not None])
        sizes = Counter(one.serial for one in estate.computers if one.serial)
        reached.update(["demoted"] * sum(count > 3 for count in sizes.values()))
    ways = {
        *((source, "psa", confidence, evidence) for source, word, own in (
            ("automate", "host name", "asset sync"), ("auvik", "device name", "device ID"),
        ) for confidence, evidence in (
            ("certain", own), ("certain", "serial number"), ("likely", "serial number"),
            ("ambiguous", "serial number"), ("likely", word), ("ambiguous", word), ("none", None),
        )),
        *(("auvik", "automate", confidence, evidence) for confidence, evidence in (
            ("certain", "serial number"), ("likely", "serial number"), ("ambiguous", "serial number"),
            ("likely", "same configuration"), ("likely", "host name"), ("ambiguous", "host name"),
        )),
        "suggested", "moved", "demoted",
    }  # fmt: skip
    assert {way for way in ways if reached[way] < 5} == set()
