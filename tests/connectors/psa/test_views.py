"""The typed relations of the PSA over hostile records: a wrong type is a null, never a failed build."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from msp_audit.connectors import views_folder_of
from msp_audit.connectors.psa import RESOURCES
from msp_audit.domain import Record
from msp_audit.sqlfile import SqlFile, read_sql_file
from msp_audit.store import Database
from msp_audit.store.database import install_macros

VIEWS = views_folder_of("psa")
FILES = {path.stem: read_sql_file(path, root=VIEWS) for path in sorted(VIEWS.glob("*.sql"))}

#: Nothing of it is of use; every view must survive all of it.
HOSTILE: list[Any] = [
    {},
    {"id": None},
    {"id": "no number"},
    {"id": {"id": 1}},
    [],
    "text",
    None,
    7,
    {"id": [1], "name": {"a": 1}},
]

Land = Any


@pytest.fixture
def land() -> Iterator[Land]:
    """Lands records of one resource and returns the rows of one relation as dictionaries."""
    database = Database.open(None)
    install_macros(database)
    connection = database.connection
    connection.execute("create schema landing")

    def rows_of(relation: str, records: list[Any], *, resource: str | None = None) -> list[Record]:
        table = f"landing.{resource or relation}"
        connection.execute(f"create or replace table {table} (key varchar, payload json)")
        for number, record in enumerate(records):
            connection.execute(
                f"insert into {table} values (?, ?)", [str(number), orjson.dumps(record).decode()]
            )
        cursor = connection.execute(FILES[relation].sql)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    yield rows_of
    connection.close()


def _resource_of(relation: str) -> str:
    return "configurations" if relation == "configuration_answers" else relation


def test_every_resource_has_its_relation() -> None:
    assert set(FILES) == {resource.name for resource in RESOURCES} | {"configuration_answers"}


@pytest.mark.parametrize("file", FILES.values(), ids=FILES.keys())
def test_every_column_is_described_and_nothing_else(file: SqlFile, land: Land) -> None:
    assert str(file.header["grain"]).startswith("one row per ")
    full: Record = {"id": 1, "questions": [{"questionId": 1}]}
    (row,) = land(file.name, [full], resource=_resource_of(file.name))
    assert list(row) == list(file.header["columns"])


@pytest.mark.parametrize("relation", sorted(FILES))
def test_hostile_records_give_no_row_and_no_error(relation: str, land: Land) -> None:
    assert land(relation, HOSTILE, resource=_resource_of(relation)) == []


@pytest.mark.parametrize("relation", sorted(set(FILES) - {"configuration_answers"}))
def test_a_bare_id_gives_a_row_of_nulls(relation: str, land: Land) -> None:
    (row,) = land(relation, [{"id": "12"}], resource=_resource_of(relation))
    key, *rest = row.values()
    assert key == 12
    assert set(map(str, rest)) <= {"None", "False"}
    assert row.pop("is_deleted", False) is False


def test_a_company(land: Land) -> None:
    record = {
        "id": 250,
        "identifier": " Acme ",
        "name": "Acme\u00a0  Dental\u200b",
        "status": {"id": 1, "name": "Active", "_info": {}},
        "types": [{"id": 1, "name": "Client"}, {"id": None, "name": "x"}, None, {"id": 2, "name": None}],
        "site": {"id": 900},
        "territory": {"name": "East"},
        "parentCompany": {"id": "3"},
        "deletedFlag": True,
        "_info": {"lastUpdated": "2026-08-01T10:00:00Z", "dateEntered": "2020-01-01T00:00:00+02:00"},
    }
    (row,) = land("companies", [record])
    assert row == {
        "company_id": 250,
        "identifier": "Acme",
        "name": "Acme Dental",
        "status_id": 1,
        "status_name": "Active",
        "is_deleted": True,
        "type_names": ["Client", None],
        "type_ids": [1, 2],
        "primary_site_id": 900,
        "territory_name": "East",
        "parent_company_id": 3,
        "created_at": datetime.datetime(2019, 12, 31, 22),
        "updated_at": datetime.datetime(2026, 8, 1, 10),
    }


@pytest.mark.parametrize("types", [None, "Client", {"id": 1}, 5])
def test_types_that_are_no_list_are_unknown(land: Land, types: Any) -> None:
    (row,) = land("companies", [{"id": 1, "types": types}])
    assert (row["type_names"], row["type_ids"]) == (None, None)


def test_a_configuration(land: Land) -> None:
    record = {
        "id": 5001,
        "name": "ACME-DC01",
        "type": {"id": 14, "name": "Managed Server"},
        "status": {"id": 2, "name": "Active"},
        "company": {"id": 250, "name": "Acme"},
        "site": {"id": 900, "name": "Main"},
        "deviceIdentifier": "1203",
        "serialNumber": "  to be filled by o.e.m. ",
        "macAddress": "00:15:5D:01:02:03,00:15:",
        "activeFlag": "true",
        "billFlag": 0,
        "manufacturer": {"id": 8, "name": "Dell"},
        "vendor": [],
        "parentConfigurationId": "4000",
        "warrantyExpirationDate": "0001-01-01T00:00:00Z",
        "installationDate": "2024-08-20T18:04:26Z",
        "_info": {"lastUpdated": "yesterday", "dateEntered": None},
    }
    (row,) = land("configurations", [record])
    expected = {
        "configuration_id": 5001,
        "company_id": 250,
        "configuration_type_name": "Managed Server",
        "configuration_status_id": 2,
        "is_active": True,
        "is_billed": False,
        "site_name": "Main",
        "serial_number": "  to be filled by o.e.m. ",
        "mac_address": "00:15:5D:01:02:03,00:15:",
        "manufacturer_name": "Dell",
        "vendor_id": None,
        "parent_configuration_id": 4000,
        "warranty_expires_on": None,
        "installed_on": datetime.date(2024, 8, 20),
        "created_at": None,
        "updated_at": None,
    }
    assert {name: row[name] for name in expected} == expected


def test_an_empty_serial_number_is_none(land: Land) -> None:
    (row,) = land("configurations", [{"id": 1, "serialNumber": ""}])
    assert row["serial_number"] is None


def test_answers_of_any_kind_are_text(land: Land) -> None:
    questions = [
        {"answerId": 1, "questionId": 1, "question": " Backup? ", "answer": True, "fieldType": "Checkbox"},
        {"answerId": 2, "questionId": 2, "question": "Rack", "answer": 7.5, "requiredFlag": True},
        {"answerId": 3, "questionId": 3, "question": "Note", "answer": "  "},
        {"answerId": 4, "questionId": 3, "question": "Note", "answer": "later answer"},
        {"questionId": None, "answer": "nobody asked"},
        {"questionId": 5, "question": "Key", "fieldType": "Password"},
        None,
        "text",
    ]
    rows = land(
        "configuration_answers",
        [{"id": 9, "questions": questions}, {"id": 10, "questions": "none"}, {"id": 11}],
        resource="configurations",
    )
    assert sorted((row["question_id"], row["question"], row["answer"]) for row in rows) == [
        (1, "Backup?", "true"),
        (2, "Rack", "7.5"),
        (3, "Note", "later answer"),
        (5, "Key", None),
    ]
    assert {row["configuration_id"] for row in rows} == {9}


def test_the_name_of_a_configuration_status_is_its_description(land: Land) -> None:
    (row,) = land("configuration_statuses", [{"id": 1, "description": "Retired", "closedFlag": True}])
    assert (row["name"], row["is_closed"], row["is_default"]) == ("Retired", True, None)


def test_an_addition(land: Land) -> None:
    record = {
        "id": 1,
        "agreementId": 410,
        "product": {"id": 88, "identifier": "MS-SERVER"},
        "quantity": "2.50",
        "lessIncluded": 0,
        "billCustomer": "Billable",
        "effectiveDate": "2026-01-01T00:00:00Z",
        "cancelledDate": "",
    }
    (row,) = land("agreement_additions", [record])
    assert (row["agreement_id"], row["product_id"], row["product_name"]) == (410, 88, "MS-SERVER")
    assert (row["quantity"], row["less_included"]) == (2.5, 0.0)
    assert (row["effective_on"], row["cancelled_on"]) == (datetime.date(2026, 1, 1), None)


def test_a_management_summary(land: Land) -> None:
    record = {
        "id": 600,
        "managementSolution": {"id": 3, "name": "Automate", "setupName": "Automate 2"},
        "groupIdentifier": "77",
        "deviceType": "WorkstationsAndServers",
        "agreement": {"id": 410},
        "company": {"id": 250},
    }
    (row,) = land("management_summaries", [record])
    assert list(row.values()) == [600, 250, "77", "Automate", "Automate 2", 410, "WorkstationsAndServers"]


def test_a_right_is_named_by_whatever_the_server_names_it_with(land: Land) -> None:
    rows = land(
        "security_rights",
        [
            {"id": 1, "moduleName": "Finance", "moduleFunctionName": "Agreements", "inquireLevel": "My"},
            {"id": 2, "moduleIdentifier": "fin", "moduleFunctionIdentifier": "agr", "customFlag": True},
        ],
    )
    assert [
        (row["module_name"], row["function_name"], row["inquire_level"], row["is_customized"]) for row in rows
    ] == [
        ("Finance", "Agreements", "My", None),
        ("fin", "agr", None, True),
    ]
