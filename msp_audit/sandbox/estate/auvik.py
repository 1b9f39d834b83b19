"""Auvik's side of the estate: flat devices, and the JSON:API resources that each endpoint makes of them."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator
from datetime import timedelta

from msp_audit.domain import Record
from msp_audit.sandbox.estate.draw import Kind, draw
from msp_audit.sandbox.estate.plan import stamp
from msp_audit.sandbox.estate.world import Company, Gear, Role, World

ROOT_TENANT = "199502786877000001"
#: Device classes that only the second version lists: endpoints.
_ENDPOINTS = {"workstation", "phone", "tablet", "handheld"}
_API = "https://auvikapi.us1.my.auvik.com"


def tenants(world: World) -> Iterator[Record]:
    """The MSP's own multi-client tenant, then one a company."""
    yield tenant_record(ROOT_TENANT, prefix="northwind", name="Northwind Managed IT (all clients)",
                        kind="multiClient", parent=None)  # fmt: skip
    for company in world.companies():
        if company.role is not Role.IGNORED:
            yield tenant_record(company.tenant_id, prefix=company.domain_prefix, name=company.name,
                                kind="client" if company.number else "corporateIt",
                                parent=ROOT_TENANT)  # fmt: skip


def tenant_record(tenant_id: str, *, prefix: str, name: str | None, kind: str, parent: str | None) -> Record:
    """One tenant; the name is optional, as in the vendor's description."""
    attributes: Record = {"domainPrefix": prefix, "tenantType": kind}
    if name is not None:
        attributes["name"] = name
    relationships = {"parent": {"data": {"id": parent, "type": "tenant"}}} if parent else {}
    return {"id": tenant_id, "type": "tenant", "attributes": attributes, "relationships": relationships,
            "links": {"self": f"{_API}/v1/tenants?tenants={tenant_id}"}}  # fmt: skip


def devices(world: World, *, week: int) -> Iterator[Record]:
    """Flat, by tenant: the form in which devices are changed before they take an endpoint's shape."""
    for company in world.companies():
        for gear in world.gear(company):
            yield device(world, company, gear, week=week)


def device(world: World, company: Company, gear: Gear, *, week: int) -> Record:
    """One device as all endpoints together know it."""
    reading = world.plan.readings[week]
    bits = draw(world.seed, Kind.ONLINE, gear.number * 64 + week)
    is_online = bits % 40 != 0
    serial = "Default string" if gear.is_managed and world.flaw(gear.number) == 1 else gear.serial
    return flat(
        gear.device_id,
        tenant_id=company.tenant_id,
        name=gear.name,
        device_type=gear.device_type,
        make=gear.make,
        model=gear.model,
        serial=serial,
        ip=gear.ip,
        mac=gear.mac,
        is_managed=gear.is_managed,
        online="online" if is_online else "offline",
        seen=stamp(reading - timedelta(minutes=bits % 20 if is_online else 60 + bits % 8_000)),
    )


def flat(  # noqa: PLR0913  (a device has that many members)
    device_id: str, *, tenant_id: str, name: str, device_type: str, make: str | None, model: str | None,
    serial: str | None, ip: str, mac: str | None, is_managed: bool, online: str, seen: str | None,
) -> Record:  # fmt: skip
    """The members that planting may change."""
    return {
        "id": device_id, "tenant": tenant_id, "name": name, "type": device_type, "make": make, "model": model,
        "serial": serial, "ips": [ip], "mac": mac, "managed": is_managed, "online": online, "seen": seen,
        "description": f"{make} {model}", "firmware": "7.4.5" if make == "Fortinet" else None,
        "software": "17.9.4" if make == "Cisco" else "1.0", "links": True,
    }  # fmt: skip


def _reference(kind: str, id_: str) -> Record:
    return {"data": {"id": id_, "type": kind}}


def _links(record: Record, *, version: str) -> Record | None:
    """The links of a device; None where the sample says that an answer had none."""
    if not record["links"]:
        return None
    return {
        "dashboard": f"https://us1.my.auvik.com/#device/{record['id']}",
        "self": f"{_API}/{version}/inventory/device/info/{record['id']}",
    }


def _attributes(record: Record) -> Record:
    return {
        "ipAddresses": record["ips"], "deviceName": record["name"], "deviceType": record["type"],
        "softwareVersion": record["software"], "serialNumber": record["serial"],
        "description": record["description"], "firmwareVersion": record["firmware"],
        "lastSeenTime": record["seen"], "onlineStatus": record["online"],
    }  # fmt: skip


def device_v1(record: Record) -> Record | None:
    """``/v1/inventory/device/info``; None for endpoints, which it does not list."""
    if record["type"] in _ENDPOINTS:
        return None
    attributes = _attributes(record) | {
        "makeModel": record["model"], "vendorName": record["make"], "lastModified": record["seen"],
    }  # fmt: skip
    return {
        "id": record["id"], "type": "device", "attributes": attributes,
        "relationships": {"tenant": _reference("tenant", record["tenant"]), "networks": {"data": []},
                          "deviceDetail": _reference("deviceDetail", record["id"])},
        "links": _links(record, version="v1"),
    }  # fmt: skip


def device_v2(record: Record) -> Record:
    """``/v2/api/inventory/device/info``."""
    make, model = record["make"], record["model"]
    attributes = _attributes(record) | {
        "make": make, "model": model, "makeModel": " ".join(part for part in (make, model) if part),
        "deviceTypeDescription": None if record["type"] == "unknown" else record["type"].capitalize(),
        "manageStatus": record["managed"],
    }  # fmt: skip
    return {
        "id": record["id"], "type": "device", "attributes": attributes,
        "relationships": {"tenant": _reference("tenant", record["tenant"]), "networks": {"data": []}},
        "links": _links(record, version="v2/api"),
    }  # fmt: skip


def device_detail(record: Record) -> Record:
    """``/v1/inventory/device/detail``."""
    is_managed = record["managed"]
    discovery = {"snmp": "authorized" if is_managed else "disabled",
                 "login": "privileged" if is_managed else "disabled",
                 "wmi": "notSupported", "vmware": "notSupported"}  # fmt: skip
    return {
        "id": record["id"], "type": "deviceDetail",
        "attributes": {"discoveryStatus": discovery, "manageStatus": is_managed,
                       "trafficInsightsStatus": "notDetected"},
        "relationships": {"tenant": _reference("tenant", record["tenant"])},
        "links": {"self": f"{_API}/v1/inventory/device/detail/{record['id']}"},
    }  # fmt: skip


def interfaces(record: Record) -> Iterator[Record]:
    """``/v1/inventory/interface/info``: one port for every managed device, two for routing ones."""
    if not record["managed"] or record["mac"] is None:
        return
    names = ("wan1", "lan1") if record["type"] in ("firewall", "router", "l3Switch") else ("eth0",)
    for number, name in enumerate(names):
        address = f"{record['mac'][:-1]}{(int(record['mac'][-1], 16) + number) % 16:x}"
        yield {
            "id": _below(record["id"], number=number), "type": "interface",
            "attributes": {"interfaceName": name, "interfaceType": "ethernet", "macAddress": address,
                           "negotiatedSpeed": "1000000000", "duplex": "full",
                           "ipAddresses": record["ips"][:1],
                           "operationalStatus": record["online"], "adminStatus": True},
            "relationships": {"parentDevice": _reference("device", record["id"]),
                              "tenant": _reference("tenant", record["tenant"])},
        }  # fmt: skip


def _below(device_id: str, *, number: int) -> str:
    """An id of the same form, one digit longer."""
    plain = b64decode(device_id + "=" * (-len(device_id) % 4))
    return b64encode(plain + str(number).encode()).rstrip(b"=").decode()
