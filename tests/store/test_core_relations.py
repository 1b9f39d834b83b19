"""Links across sources: certain ones are found, doubtful ones are not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from msp_audit.connectors import CONNECTORS, views_folder_of
from msp_audit.domain import Record
from msp_audit.store.database import Database, install_macros
from msp_audit.store.views import Views

RELATIONS = (
    "client_links",
    "tenant_links",
    "computer_links",
    "device_links",
    "auvik_last_mapped",
    "automate_entities",
)


class Estate:
    """Every typed relation, empty until told; the core relations are made from what was told."""

    def __init__(self, database: Database) -> None:
        self.database = database
        install_macros(database)
        self._views = Views.load({source: views_folder_of(source) for source in CONNECTORS})
        self._views.make_empty(database)

    def given(self, relation: str, *records: Record) -> None:
        for record in records:
            names = ", ".join(record)
            values = ", ".join(f"${name}" for name in record)
            self.database.execute(f"insert into {relation} ({names}) values ({values})", record)

    def made(self, relation: str) -> list[Record]:
        for view in self._views.closure([f"core.{relation}"]):
            if view.schema == "core":
                self.database.execute(f"create or replace table {view.name} as {view.file.sql}")
        return self.database.query(f"select * from core.{relation} order by all").records()

    def shown(self, relation: str) -> list[Record]:
        """What *relation* says of what was told, other core relations among it."""
        (view,) = (view for view in self._views.ordered if view.name == f"core.{relation}")
        return self.database.query(f"from ({view.file.sql}) order by all").records()

    def links(self, relation: str, key: str) -> dict[int, tuple[int, str]]:
        return {row[key]: (row["configuration_id"], row["evidence"]) for row in self.made(relation)}


@pytest.fixture(scope="module")
def empty() -> Iterator[Estate]:
    with Database.open(None) as database:
        yield Estate(database)


@pytest.fixture
def estate(empty: Estate) -> Iterator[Estate]:
    """The same relations for every test, and empty again after it."""
    empty.database.execute("begin transaction")
    yield empty
    empty.database.execute("rollback")


def computer(computer_id: int, *, client: int = 1, name: str = "", serial: str | None = None) -> Record:
    return {"computer_id": computer_id, "client_id": client, "name": name, "serial_number": serial}


def configuration(
    configuration_id: int, *, company: int | None = 10, name: str = "", serial: str | None = None
) -> Record:
    return {
        "configuration_id": configuration_id,
        "company_id": company,
        "name": name,
        "serial_number": serial,
    }


def device(device_id: str, *, tenant: str = "t1", name: str = "", serial: str | None = None) -> Record:
    return {"device_id": device_id, "tenant_id": tenant, "name": name, "serial_number": serial}


def sync(entity_id: int, configuration_id: int | None, *, kind: str = "computer") -> Record:
    return {"entity_kind": kind, "entity_id": entity_id, "configuration_id": configuration_id}


def test_a_client_is_linked_once_for_each_company(estate: Estate) -> None:
    estate.given(
        "automate.client_mappings",
        {"client_id": 1, "company_id": 10, "service_template_id": 5},
        {"client_id": 1, "company_id": 10, "service_template_id": 7},
        {"client_id": 1, "company_id": 11},
        {"client_id": 2, "company_id": None},
        {"client_id": None, "company_id": 12},
    )
    assert estate.made("client_links") == [
        {"client_id": 1, "company_id": 10},
        {"client_id": 1, "company_id": 11},
    ]


def test_a_tenant_is_linked_by_its_domain_prefix(estate: Estate) -> None:
    estate.given(
        "auvik.tenants",
        {"tenant_id": "1", "domain_prefix": "acme"},
        {"tenant_id": "2", "domain_prefix": "other"},
        {"tenant_id": "3", "domain_prefix": "torn"},
        {"tenant_id": "4", "domain_prefix": None},
    )
    estate.given(
        "auvik.sync_site_map",
        {"domain_prefix": "acme", "company_id": 10, "syncs_inventory": False},
        {"domain_prefix": "torn", "company_id": 11, "syncs_inventory": True},
        {"domain_prefix": "torn", "company_id": 12, "syncs_inventory": True},
    )
    assert estate.made("tenant_links") == [
        {"tenant_id": "1", "domain_prefix": "acme", "company_id": 10, "syncs_inventory": False}
    ]


def test_the_plugins_own_record_comes_first(estate: Estate) -> None:
    estate.given("automate.client_mappings", {"client_id": 1, "company_id": 10})
    estate.given("automate.computers", computer(1, name="PC-1", serial="ABCD1234"))
    estate.given(
        "psa.configurations",
        configuration(100, name="PC-1", serial="ABCD1234"),
        configuration(200, company=20, name="renamed"),
    )
    estate.given("automate.asset_syncs", sync(1, 200))
    assert estate.made("computer_links") == [
        {
            "computer_id": 1,
            "configuration_id": 200,
            "company_id": 20,
            "evidence": "asset sync",
            "detail": "configuration 200",
        }
    ]


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(sync(1, 999), id="a configuration that is gone"),
        pytest.param(sync(1, None), id="no configuration"),
        pytest.param(sync(1, 200, kind="network_device"), id="another kind with the same id"),
    ],
)
def test_a_sync_record_that_proves_nothing_is_passed_over(estate: Estate, record: Record) -> None:
    estate.given("automate.client_mappings", {"client_id": 1, "company_id": 10})
    estate.given("automate.computers", computer(1, name="PC-1", serial="ABCD1234"))
    estate.given(
        "psa.configurations", configuration(100, serial="s/n: abcd 1234"), configuration(200, name="x")
    )
    estate.given("automate.asset_syncs", record)
    assert estate.links("computer_links", "computer_id") == {1: (100, "serial number")}


def test_a_serial_number_outranks_a_name_and_a_name_still_counts(estate: Estate) -> None:
    estate.given("automate.client_mappings", {"client_id": 1, "company_id": 10})
    estate.given(
        "automate.computers",
        computer(1, name="PC-1", serial="ABCD1234"),
        computer(2, name="pc-2.acme.local", serial=None),
    )
    estate.given(
        "psa.configurations",
        configuration(100, name="PC-2", serial="ABCD1234"),
        configuration(101, name="PC-1"),
    )
    assert estate.links("computer_links", "computer_id") == {
        1: (100, "serial number"),
        2: (100, "host name"),
    }


@pytest.mark.parametrize("serial", ["Default string", "To be filled by O.E.M.", "0000000", "", None, "1.0"])
def test_a_placeholder_links_nothing(estate: Estate, serial: str | None) -> None:
    estate.given("automate.client_mappings", {"client_id": 1, "company_id": 10})
    estate.given("automate.computers", computer(1, name="PC-1", serial=serial))
    estate.given("psa.configurations", configuration(100, name="other", serial=serial))
    assert estate.made("computer_links") == []


def test_what_two_configurations_share_links_neither(estate: Estate) -> None:
    estate.given("automate.client_mappings", {"client_id": 1, "company_id": 10})
    estate.given(
        "automate.computers",
        computer(1, name="PC-1", serial="ABCD1234"),
        computer(2, name="TWIN"),
    )
    estate.given(
        "psa.configurations",
        configuration(100, name="a", serial="ABCD1234"),
        configuration(101, name="b", serial="abcd1234"),
        configuration(102, name="pc-1", serial="EFGH5678"),
        configuration(103, name="twin"),
        configuration(104, name="twin.acme.local"),
    )
    assert estate.made("computer_links") == []


def test_a_name_picks_one_of_the_configurations_that_share_a_serial_number(estate: Estate) -> None:
    estate.given("automate.client_mappings", {"client_id": 1, "company_id": 10})
    estate.given("automate.computers", computer(1, name="PC-1", serial="ABCD1234"))
    estate.given(
        "psa.configurations",
        configuration(100, name="PC-1", serial="ABCD1234"),
        configuration(101, name="PC-9", serial="ABCD1234"),
    )
    assert estate.links("computer_links", "computer_id") == {1: (100, "serial number")}


def test_links_stay_within_the_mapped_company(estate: Estate) -> None:
    estate.given("automate.client_mappings", {"client_id": 1, "company_id": 10})
    estate.given(
        "automate.computers",
        computer(1, name="PC-1", serial="ABCD1234"),
        computer(2, client=2, name="PC-2"),
    )
    estate.given(
        "psa.configurations",
        configuration(100, company=11, name="PC-1", serial="ABCD1234"),
        configuration(101, company=None, name="PC-1", serial="ABCD1234"),
        configuration(102, company=10, name="PC-2"),
    )
    assert estate.made("computer_links") == []


def test_a_client_on_two_companies_links_only_what_one_of_them_has(estate: Estate) -> None:
    estate.given(
        "automate.client_mappings", {"client_id": 1, "company_id": 10}, {"client_id": 1, "company_id": 11}
    )
    estate.given(
        "automate.computers",
        computer(1, name="PC-1", serial="ABCD1234"),
        computer(2, name="PC-2", serial="EFGH5678"),
    )
    estate.given(
        "psa.configurations",
        configuration(100, company=10, serial="ABCD1234"),
        configuration(101, company=11, serial="ABCD1234"),
        configuration(102, company=11, serial="EFGH5678"),
    )
    assert estate.links("computer_links", "computer_id") == {2: (102, "serial number")}


def test_devices_follow_the_same_cascade(estate: Estate) -> None:
    estate.given("auvik.tenants", {"tenant_id": "t1", "domain_prefix": "acme"})
    estate.given("auvik.sync_site_map", {"domain_prefix": "acme", "company_id": 10, "syncs_inventory": False})
    estate.given(
        "auvik.devices",
        device("serial", name="sw-1", serial="FOC1234X0AB"),
        device("name", name="SW-2", serial="Default string"),
        device("address", name="10.0.0.1"),
        device("stranger", tenant="t2", name="sw-2"),
        device("unknown", name="sw-9", serial="Unknown"),
    )
    estate.given(
        "psa.configurations",
        configuration(100, name="core", serial="foc1234x0ab"),
        configuration(101, name="sw-2", serial="Default string"),
        configuration(102, name="10.0.0.1"),
        configuration(103, name="x", serial="Unknown"),
    )
    rows = estate.made("device_links")
    assert [(row["device_id"], row["configuration_id"], row["evidence"]) for row in rows] == [
        ("name", 101, "device name"),
        ("serial", 100, "serial number"),
    ]
    assert {row["company_id"] for row in rows} == {10}


@pytest.mark.slow
def test_a_large_estate_with_shared_values_is_linked(estate: Estate) -> None:
    """One company in which 50,000 machines share name and serial number.

    A product of the two sides would have 2.5 thousand million rows, and end nowhere near a test's patience.
    """
    estate.given("automate.client_mappings", {"client_id": 1, "company_id": 10})
    for relation, key, owner in (
        ("automate.computers", "computer_id", "client_id"),
        ("psa.configurations", "configuration_id", "company_id"),
    ):
        company = 1 if owner == "client_id" else 10
        estate.database.execute(
            f"insert into {relation} ({key}, {owner}, name, serial_number) "
            f"select i, {company}, if(i % 2 = 0, 'PC', 'PC-' || i),"
            f" if(i % 2 = 0, 'SAME1234', 'SN' || i || 'X') from range(100000) as numbers(i)"
        )
    assert len(estate.made("computer_links")) == 50_000


def test_last_mapped_is_a_day_that_is_over_when_it_ends(estate: Estate) -> None:
    answers = {
        1: ("auvik LAST mapped", "2026-11-12"),
        2: ("Auvik last mapped", "never"),
        3: ("Other", "2026-11-12"),
    }
    estate.given("core.auvik_terms", {"last_mapped_stale_hours": 48})
    # Declared for all devices and for one class, the question is still one.
    for scope in ("all", "switch"):
        field = {"scope": scope, "auvik_field": "last_mapped", "psa_field": "question:Auvik last mapped"}
        estate.given("auvik.sync_field_map", field)
    for number, (question, answer) in {**answers, 4: answers[1]}.items():
        record = {"configuration_id": number, "question": question, "answer": answer}
        estate.given("psa.configuration_answers", record)
        outcome = "match" if number < 4 else "create"
        prediction = {"device_id": f"d{number}", "outcome": outcome, "configuration_id": number}
        estate.given("core.auvik_predictions", prediction)
    assert estate.shown("auvik_last_mapped") == [
        {
            "configuration_id": 1,
            "device_id": "d1",
            "last_mapped_at": datetime(2026, 11, 12),
            "stale_at": datetime(2026, 11, 15),
        }
    ]


def test_what_an_excluded_client_has_is_still_in_automate(estate: Estate) -> None:
    told = {"clients": "client_id", "locations": "location_id", "network_devices": "network_device_id"}
    for place, (relation, key) in enumerate({**told, "computers": "computer_id"}.items()):
        estate.given(f"automate.{relation}", {key: place})
    estate.given("automate.excluded_entities", {"entity_kind": "client", "entity_id": 9, "client_id": 9})
    assert [tuple(row.values()) for row in estate.shown("automate_entities")] == [
        ("client", 0),
        ("client", 9),
        ("computer", 3),
        ("location", 1),
        ("network_device", 2),
    ]


@pytest.mark.parametrize("relation", RELATIONS)
def test_the_header_describes_the_columns_and_no_others(estate: Estate, relation: str) -> None:
    view = next(v for v in Views.load({}).ordered if v.name == f"core.{relation}")
    columns = estate.database.query(f"describe core.{relation}").records()
    assert list(view.file.header["columns"]) == [column["column_name"] for column in columns]
    assert view.file.header["grain"].startswith("one row per ")
