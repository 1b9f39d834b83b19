"""Auvik's records as typed relations, in the shapes of both versions of its API."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from msp_audit.connectors import views_folder_of
from msp_audit.connectors.auvik import RESOURCES
from msp_audit.domain import Record
from msp_audit.store.views import Views
from tests.connectors.landed import column, typed


def resource(name: str, **attributes: object) -> Record:
    return {
        "id": name,
        "attributes": attributes,
        "relationships": {"tenant": {"data": {"id": "199502786877063425"}}},
        "links": {"dashboard": None},
        "apiVersion": "v2",
    }


def test_every_resource_has_its_relation() -> None:
    views = Views.load({"auvik": views_folder_of("auvik")})
    made = {view.name for view in views.ordered if view.schema == "auvik"}
    assert made - {f"auvik.{resource.name}" for resource in RESOURCES} == {"auvik.device_history"}
    assert {resource for view in views.ordered for _, resource in view.landed} == {
        resource.name for resource in RESOURCES
    }


def test_headers_describe_the_columns_and_no_others() -> None:
    views = Views.load({"auvik": views_folder_of("auvik")})
    with typed("auvik", {}) as database:
        for view in views.ordered:
            if view.schema == "auvik":
                columns = database.query(f"describe {view.name}").records()
                assert list(view.file.header["columns"]) == [row["column_name"] for row in columns], view.name
                assert view.file.header["grain"].startswith("one row"), view.name


def test_a_tenant_is_named_by_what_there_is() -> None:
    tenants = [
        {"id": "1", "attributes": {"domainPrefix": "Acme", "tenantType": "client"}, "relationships": {}},
        {
            "id": "2",
            "attributes": {"domainPrefix": "bravo", "name": "Bravo Inc"},
            "relationships": {"parent": {"data": {"id": "1"}}},
        },
    ]
    with typed("auvik", {"tenants": tenants}) as database:
        rows = database.query(
            "select tenant_id, domain_prefix, name, parent_tenant_id from auvik.tenants order by all"
        )
    assert list(rows) == [("1", "acme", "Acme", None), ("2", "bravo", "Bravo Inc", "1")]


def test_both_versions_fill_make_and_model() -> None:
    devices = [
        resource("v2", make="Cisco", model="AIR-CAP2700", makeModel="Cisco AIR-CAP2700"),
        resource("v1", vendorName="Cisco", makeModel="AIR-CAP2700"),
    ]
    assert column("auvik", "devices", "make || ' ' || model", devices) == ["Cisco AIR-CAP2700"] * 2


@pytest.mark.parametrize(
    ("own", "detail", "is_managed"),
    [(True, None, True), (False, True, False), (None, True, True), (None, False, False), (None, None, None)],
)
def test_the_managed_flag_is_the_devices_own_else_its_details(
    own: bool | None, detail: bool | None, is_managed: bool | None
) -> None:
    landed = {
        "devices": [resource("d", manageStatus=own)],
        "device_details": [resource("d", manageStatus=detail)],
    }
    with typed("auvik", landed) as database:
        assert database.query("select is_managed from auvik.devices").scalar() is is_managed


def test_a_serial_number_is_kept_as_it_was_read() -> None:
    devices = [resource("a", serialNumber=" S/N: 1Q2W "), resource("b", serialNumber=""), resource("c")]
    assert column("auvik", "devices", "serial_number", devices) == [" S/N: 1Q2W ", None, None]


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2018-03-12T12:00:00Z", datetime(2018, 3, 12, 12)),
        ("2018-11-30T18:34:39.452Z", datetime(2018, 11, 30, 18, 34, 39, 452000)),
        ("2017-01-01T12:00:00.000-0500", datetime(2017, 1, 1, 17)),
        (None, None),
        ("soon", None),
    ],
)
def test_times_are_read_in_every_form_the_vendor_uses(text: str | None, time: datetime | None) -> None:
    assert column("auvik", "devices", "last_seen_at", [resource("d", lastSeenTime=text)]) == [time]


def test_attributes_that_are_missing_or_of_another_type_are_null() -> None:
    devices: list[Record] = [
        {"id": "a"},
        {"id": "b", "attributes": None},
        resource("c", ipAddresses="10.0.0.1", manageStatus="?"),
    ]
    with typed("auvik", {"devices": devices}) as database:
        rows = database.query("select device_id, ip_addresses, is_managed from auvik.devices order by all")
    assert list(rows) == [("a", None, None), ("b", None, None), ("c", None, None)]


def test_an_interface_knows_its_device_and_its_address() -> None:
    interface = resource("i", macAddress="1A:2B:3C:4D:5E:6F", interfaceName="wan1", interfaceType="ethernet")
    interface["relationships"]["parentDevice"] = {"data": {"id": "d"}}
    with typed("auvik", {"interfaces": [interface]}) as database:
        rows = database.query("select device_id, mac_address, interface_type from auvik.interfaces")
    assert list(rows) == [("d", "1a2b3c4d5e6f", "ethernet")]


def test_discovery_states_are_kept_as_the_vendor_says_them() -> None:
    detail = resource("d", discoveryStatus={"snmp": "notAuthorized", "wmi": "somethingNew"})
    with typed("auvik", {"device_details": [detail]}) as database:
        rows = database.query("select snmp_status, wmi_status, login_status from auvik.device_details")
    assert list(rows) == [("notAuthorized", "somethingNew", None)]


def test_a_lifecycle_keeps_the_words_of_the_maker() -> None:
    record = resource("d", salesAvailability="expired", lastSupportStatus="unknown", deviceName=" SW 1 ")
    with typed("auvik", {"device_lifecycles": [record]}) as database:
        rows = database.query(
            "select name, sales_availability, last_support_status, software_maintenance_status"
            " from auvik.device_lifecycles"
        )
    assert list(rows) == [("SW 1", "expired", "unknown", None)]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2015-07-31T00:00:00.000Z", date(2015, 7, 31)),
        ("2029-12-31", date(2029, 12, 31)),
        ("N/A", None),
        ("Not Covered", None),
        (None, None),
    ],
)
def test_the_end_of_a_warranty_need_not_be_a_date(text: str | None, day: date | None) -> None:
    record = resource("d", warrantyExpirationDate=text)
    with typed("auvik", {"device_warranties": [record]}) as database:
        rows = database.query(
            "select warranty_expires_on, warranty_expiration_text from auvik.device_warranties"
        )
    assert list(rows) == [(day, text)]
