"""A small Auvik in the shape of the vendor's API description: absolute next links, cursors, JSON:API."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from msp_audit.connectors.auvik import AuvikConnector
from msp_audit.connectors.base import Page
from msp_audit.domain import Record, ResourceReading
from msp_audit.settings import AuvikSettings, AuvikSync, HttpSettings
from msp_audit.settings.secret import SecretReference
from tests.connectors.loopback import Asked, Loopback, Reply, as_json, serving

KEY = "k3y-of-the-auditor"
ROOT, ACME, BRAVO = "199502786877000001", "199502786877063425", "199502786877063426"

V1, V2 = "/v1/inventory/device/info", "/v2/api/inventory/device/info"
DETAIL, INTERFACE = "/v1/inventory/device/detail", "/v1/inventory/interface/info"
LIFECYCLE, WARRANTY = "/v1/inventory/device/lifecycle", "/v1/inventory/device/warranty"


def tenant(tenant_id: str, prefix: str, *, parent: str | None = None, kind: str = "client") -> Record:
    related = {"parent": {"data": {"type": "tenant", "id": parent}}} if parent else {}
    attributes = {"domainPrefix": prefix, "tenantType": kind}
    return {"id": tenant_id, "type": "tenant", "attributes": attributes, "relationships": related}


def item(tenant_id: str, number: int, *, related: str | None = None, **attributes: object) -> Record:
    inner = f"{tenant_id},{199502791113028000 + number}".encode()
    return {
        "type": "device",
        "id": base64.b64encode(inner).decode().rstrip("="),
        "attributes": {"deviceName": f"device-{number}", "manageStatus": True, **attributes},
        "relationships": {
            "tenant": {"data": {"type": "tenant", "id": related or tenant_id}},
            "networks": {"data": [{"type": "network", "id": "n", "attributes": {"networkName": "lan"}}]},
        },
        "links": {"dashboard": "https://acme.my.auvik.com/#d", "self": "https://auvikapi.us1.my.auvik.com/x"},
    }


@dataclass(slots=True)
class Fake:
    """What the fake holds; *intercept* may answer before it does."""

    tenants: list[Record] = field(
        default_factory=lambda: [
            tenant(ROOT, "northwind", kind="multiClient"),
            tenant(ACME, "acme", parent=ROOT),
            tenant(BRAVO, "bravo", parent=ROOT),
        ]
    )
    items: list[Record] = field(default_factory=list)
    #: Records at the end that reading forwards never shows.
    hides: int = 0
    intercept: Callable[[Asked], Reply | None] = lambda _asked: None
    url: str = ""

    def respond(self, asked: Asked) -> Reply:
        early = self.intercept(asked)
        if early is not None:
            return early
        expected = base64.b64encode(f"auditor@example.com:{KEY}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {expected}":
            return as_json({"errors": [{"detail": "Your credentials are invalid."}]}, status=401)
        if asked.path == "/v1/authentication/verify":
            return Reply()
        if asked.path == "/v1/tenants":
            return as_json({"data": self.tenants}, Content_Type="application/vnd.api+json; charset=utf-8")
        if asked.path in (V1, V2, DETAIL, INTERFACE, LIFECYCLE, WARRANTY):
            return as_json(self.document(asked), Content_Type="application/vnd.api+json")
        return as_json({"errors": [{"title": "Not found"}]}, status=404)

    def document(self, asked: Asked) -> Record:
        """One page; its next link is absolute and repeats the filters."""
        wanted = asked.query.get("tenant") or asked.query.get("tenants") or ""
        family = {wanted}
        if asked.path == V2:
            family |= {t["id"] for t in self.tenants if wanted == ROOT}
        mine = [i for i in self.items if i["relationships"]["tenant"]["data"]["id"] in family]
        if "page[last]" in asked.query:
            return {"data": mine[-int(asked.query["page[last]"]) :], "links": {"next": None}}
        mine = mine[: len(mine) - self.hides]
        size, start = int(asked.query["page[first]"]), int(asked.query.get("page[after]", "0"))
        document: Record = {"data": mine[start : start + size], "meta": {"totalPages": 1}}
        if start + size < len(mine):
            query = urlencode({**asked.query, "page[after]": str(start + size)}, safe="[]")
            document["links"] = {"next": f"{self.url}{asked.path}?{query}"}
        return document


@contextmanager
def running(fake: Fake) -> Iterator[Loopback]:
    with serving(fake.respond) as server:
        fake.url = server.url
        yield server


def settings(
    url: str, *, version: str = "v2", sync: AuvikSync | None = None, interfaces: bool = True, rows: int = 2
) -> AuvikSettings:
    return AuvikSettings(
        url=url,
        username="auditor@example.com",
        api_key=SecretReference("env:AUVIK_TEST_KEY"),
        api_version="v1" if version == "v1" else "v2",
        sync=sync,
        interfaces=interfaces,
        http=HttpSettings(page_size=rows),
    )


@dataclass(slots=True)
class Reading:
    records: dict[str, list[Record]]
    readings: dict[str, ResourceReading]

    def ids(self, resource: str) -> list[str]:
        return [record["id"] for record in self.records[resource]]


def read(chosen: AuvikSettings, *, slept: list[float] | None = None) -> Reading:
    """Everything one reading yields; every resource must end with exactly one reading."""
    waited: list[float] = slept if slept is not None else []
    connector = AuvikConnector(chosen, sleep=waited.append)
    records: dict[str, list[Record]] = {resource.name: [] for resource in connector.resources}
    readings: dict[str, ResourceReading] = {}
    try:
        for event in connector.read():
            if isinstance(event, Page):
                assert event.resource not in readings, "a page after the reading"
                records[event.resource] += event.records
            else:
                assert event.resource not in readings, "two readings of one resource"
                readings[event.resource] = event
    finally:
        connector.close()
    assert list(readings) == [resource.name for resource in connector.resources]
    return Reading(records, readings)


def asked_for(server: Loopback, path: str) -> Sequence[Asked]:
    return [asked for asked in server.asked if asked.path == path]
