"""Automate's records as typed relations: sentinels, untrue targets, and both ways of reading."""

from __future__ import annotations

from datetime import datetime

import pytest

from msp_audit.connectors import views_folder_of
from msp_audit.connectors.automate import RESOURCES
from msp_audit.connectors.automate.models import physical_row
from msp_audit.domain import Record
from msp_audit.store.views import Views
from tests.connectors.landed import column, typed

KINDS: list[Record] = [
    {"entity_kind": "computer", "entity_type_code": 1},
    {"entity_kind": "location", "entity_type_code": 2},
    {"entity_kind": "client", "entity_type_code": 3},
]


def test_every_resource_has_its_relation() -> None:
    views = Views.load({"automate": views_folder_of("automate")})
    worked_out = {"automate.excluded_clients", "automate.excluded_entities"}
    assert {f"automate.{resource.name}" for resource in RESOURCES} | worked_out == {
        view.name for view in views.ordered if view.schema == "automate"
    }


def test_headers_describe_the_columns_and_no_others() -> None:
    views = Views.load({"automate": views_folder_of("automate")})
    with typed("automate", {}) as database:
        for view in views.ordered:
            if view.schema == "automate":
                columns = database.query(f"describe {view.name}").records()
                assert list(view.file.header["columns"]) == [row["column_name"] for row in columns], view.name
                assert view.file.header["grain"].startswith("one row per "), view.name


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("19", 19),
        (" 19 ", 19),
        (19, 19),
        ("0", None),
        ("", None),
        (None, None),
        ("-1", None),
        ("CW-12", None),
        ("99999999999999999999", None),
    ],
)
def test_an_external_id_links_only_as_a_positive_number(text: object, linked: int | None) -> None:
    record = {"ClientID": "2", "Name": "Acme", "ExternalID": text}
    assert column("automate", "clients", "external_id", [record]) == [linked]


def test_an_external_id_that_is_no_number_is_kept_as_text() -> None:
    record = {"ClientID": "2", "Name": "Acme", "ExternalID": "CW-12"}
    assert column("automate", "clients", "external_id_text", [record]) == ["CW-12"]


@pytest.mark.parametrize("target", ["0", "-1", None, "", "gone"])
@pytest.mark.parametrize(
    ("relation", "member", "name"),
    [
        ("client_mappings", "CWCompanyRecID", "company_id"),
        ("client_mappings", "ManagedServiceTemplateID", "service_template_id"),
        ("site_mappings", "CWSiteRecID", "site_id"),
        ("asset_syncs", "CWConfigRecID", "configuration_id"),
        ("status_mappings_from_psa", "TicketStatusID", "ticket_status_id"),
        ("status_mappings_to_psa", "CWServiceStatusRecID", "board_status_id"),
        ("priority_mappings_from_psa", "Priority", "ticket_priority_id"),
        ("priority_mappings_to_psa", "CWServicePriorityRecID", "priority_id"),
        ("category_mappings", "CWServiceBoardRecID", "board_id"),
    ],
)
def test_nothing_zero_and_negative_targets_are_unmapped(
    relation: str, member: str, name: str, target: str | None
) -> None:
    assert column("automate", relation, name, [{member: target}, {member: "7"}]) == [7, None]


@pytest.mark.parametrize(
    "text", ["0001-01-01 00:00:00", "1979-01-01 01:01:01", "0000-00-00 00:00:00", "", None, "never"]
)
def test_a_sentinel_date_means_never(text: str | None) -> None:
    assert column("automate", "computers", "last_contact_at", [{"ComputerID": "1", "LastContact": text}]) == [
        None
    ]


def test_times_of_both_ways_are_utc() -> None:
    records = [
        {"ComputerID": "1", "LastContact": "2026-11-02 05:52:16"},
        {"ComputerID": "2", "LastContact": "2026-11-02T05:52:16Z"},
        {"ComputerID": "3", "LastContact": "2026-11-02T00:52:16-05:00"},
    ]
    time = datetime(2026, 11, 2, 5, 52, 16)
    assert column("automate", "computers", "last_contact_at", records) == [time] * 3


@pytest.mark.parametrize(
    ("record", "is_server"),
    [
        ({"OS": "Microsoft Windows SERVER 2019 Standard x64"}, True),
        ({"OS": "Microsoft Windows 11 Pro x64"}, False),
        ({"OS": None}, False),
        ({"OS": "Ubuntu 24.04", "Type": "Server"}, True),
        ({"OS": "Microsoft Windows Server 2019", "Type": "Workstation"}, False),
        ({"OS": "Microsoft Windows Server 2019", "Type": ""}, True),
    ],
)
def test_the_type_of_rest_wins_over_the_name_of_the_system(record: Record, is_server: bool) -> None:
    assert column("automate", "computers", "is_server", [{"ComputerID": "1", **record}]) == [is_server]


@pytest.mark.parametrize(
    ("record", "is_virtual"),
    [
        ({"Flags": str(2048 | 128)}, True),
        ({"Flags": "4096"}, False),
        ({"IsVirtualMachine": "true"}, True),
        ({"IsVirtualMachine": "false", "Flags": "2048"}, False),
        ({}, False),
    ],
)
def test_virtual_machines_are_told_by_flag_or_member(record: Record, is_virtual: bool) -> None:
    assert column("automate", "computers", "is_virtual", [{"ComputerID": "1", **record}]) == [is_virtual]


@pytest.mark.parametrize(
    ("version", "has_agent"), [("230.1", True), ("0", False), ("", False), (None, False)]
)
def test_a_computer_without_agent_version_has_no_agent(version: str | None, has_agent: bool) -> None:
    record = {"ComputerID": "1", "ServiceVersion": version}
    assert column("automate", "computers", "has_agent", [record]) == [has_agent]


def test_a_network_device_reaches_its_client_through_the_location() -> None:
    landed = {
        "locations": [{"LocationID": "20", "ClientID": "2", "Name": "Main"}],
        "network_devices": [
            {"DeviceID": "1", "LocationID": "20", "Name": "SW1"},
            {"DeviceID": "2", "LocationID": "20", "ClientID": "3", "IsSyncedToManage": "true"},
            {"DeviceID": "3", "LocationID": "99", "Name": "lost"},
        ],
    }
    with typed("automate", landed) as database:
        rows = database.query(
            "select network_device_id, client_id, is_synced_to_psa from automate.network_devices order by all"
        )
    assert list(rows) == [(1, 2, None), (2, 3, True), (3, None, None)]


def test_the_kind_of_an_entity_is_what_the_settings_declare() -> None:
    landed: dict[str, list[Record]] = {
        "entity_types": KINDS,
        "ignored_entities": [
            {"TargetType": "3", "LTTargetID": "4", "CWTargetRecID": "-1"},
            {"TargetType": "13", "LTTargetID": "3", "CWTargetRecID": "10"},
            {"TargetType": "3", "LTTargetID": None, "CWTargetRecID": "77"},
        ],
        "asset_syncs": [{"TargetType": "4", "LTTargetID": "201", "CWConfigRecID": "901"}],
    }
    with typed("automate", landed) as database:
        ignored = database.query(
            "select entity_kind, entity_id, psa_record_id from automate.ignored_entities"
            " order by all nulls last"
        )
        synced = database.query("select entity_kind, entity_id from automate.asset_syncs")
    assert list(ignored) == [("client", 4, None), ("client", None, 77), (None, 3, 10)]
    assert list(synced) == [(None, 201)]


@pytest.mark.parametrize(
    ("text", "is_inactive"),
    [("1", True), ("true", True), ("\x01", True), ("0", False), ("", False), (None, False), ("False", False)],
)
def test_an_inactive_status_is_told_however_it_is_written(text: str | None, is_inactive: bool) -> None:
    record = {"CWServiceStatusRecID": "11", "Inactive": text}
    assert column("automate", "plugin_statuses", "is_inactive", [record]) == [is_inactive]


def test_hostile_names_stay_text() -> None:
    name = "'; drop table automate.clients; --\u200b <b>\u00a0x"
    assert column("automate", "clients", "name", [{"ClientID": "1", "Name": name}]) == [
        "'; drop table automate.clients; -- <b> x"
    ]


def test_both_ways_give_the_same_rows() -> None:
    export = {
        "ComputerID": "200", "ClientID": "2", "LocationID": "20", "Name": "SRV1", "Domain": "acme.local",
        "OS": "Microsoft Windows Server 2019 Standard x64", "ServiceVersion": "230.1",
        "LocalAddress": "10.0.0.5", "MAC": "00-11-22-AA-BB-CC", "BiosMFG": "Dell", "BiosVer": "ABC1234",
        "Flags": "2048", "LastContact": "2026-11-02 05:00:00", "DateAdded": "2020-01-01 00:00:00",
    }  # fmt: skip
    model = {
        "Id": "200", "Client": {"Id": 2}, "Location": {"Id": "20"}, "ComputerName": "SRV1",
        "DomainName": "acme.local", "Type": "Server", "IsVirtualMachine": True,
        "OperatingSystemName": "Microsoft Windows Server 2019 Standard x64", "RemoteAgentVersion": "230.1",
        "LocalIPAddress": "10.0.0.5", "MACAddress": "00:11:22:aa:bb:cc", "BiosManufacturer": "Dell",
        "SerialNumber": "ABC1234", "RemoteAgentLastContact": "2026-11-02T05:00:00Z",
        "DateAdded": "2020-01-01T00:00:00Z",
    }  # fmt: skip
    rows = []
    for record in (export, physical_row(model, table="computers")):
        with typed("automate", {"computers": [record]}) as database:
            rows.append(database.query("from automate.computers").rows)
    assert rows[0] == rows[1]
    assert rows[0][0][0] == 200


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-07-01 12:00:00", datetime(2026, 7, 1, 16)),
        ("2026-12-01 12:00:00", datetime(2026, 12, 1, 17)),
        # The hour that is left out in spring, and the one that comes twice in autumn.
        ("2026-03-08 02:30:00", datetime(2026, 3, 8, 7, 30)),
        ("2026-11-01 01:30:00", datetime(2026, 11, 1, 6, 30)),
        # A zone of its own wins: a TIMESTAMP of the database, or an answer of REST.
        ("2026-07-01 12:00:00+00:00", datetime(2026, 7, 1, 12)),
        ("2026-07-01T12:00:00Z", datetime(2026, 7, 1, 12)),
        ("0000-00-00 00:00:00", None),
        ("1979-01-01 00:00:00", None),
        (None, None),
    ],
)
def test_a_time_without_a_zone_is_the_servers(written: str | None, meant: datetime | None) -> None:
    ways: list[Record] = [{"resource": "computers", "way": "mysql", "time_zone": "America/New_York"}]
    computers: list[Record] = [{"ComputerID": "1", "LastContact": written}]
    with typed("automate", {"computers": computers, "list_ways": ways}) as database:
        assert database.query("select last_contact_at from automate.computers").scalar() == meant
    with typed("automate", {"computers": [{"ComputerID": "1", "LastContact": "2026-07-01 12:00:00"}]}) as utc:
        assert utc.query("select last_contact_at from automate.computers").scalar() == datetime(
            2026, 7, 1, 12
        )
