"""A tiny PSA on this machine for tests of the connector; each of its bad habits is a switch."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from msp_audit.connectors.psa import PsaConnector
from msp_audit.domain import Record, ResourceReading, Verdict
from msp_audit.settings import HttpSettings, PsaSettings
from tests.connectors.loopback import Asked, Loopback, Reply, as_json, html, serving

PRIVATE_KEY = "very-private-key"
PUBLIC_KEY = "rather-public-key"
CLIENT_ID = "00000000-0000-4000-8000-000000000001"
LOGIN = base64.b64encode(f"northwind+{PUBLIC_KEY}:{PRIVATE_KEY}".encode()).decode()

#: Given a request below the API root (path without it), an answer, or None to answer as usual.
Habit = Callable[[str, Asked], Reply | None]


class FakePsa:
    """Lists by path (``/company/companies``), in the order of ids, and habits that come first."""

    def __init__(self, lists: dict[str, list[Record]] | None = None) -> None:
        self.lists: dict[str, list[Record]] = {path: [] for path in EMPTY} | (lists or {})
        self.habits: list[Habit] = []
        self.codebase = "v2026_4/"
        self.info: Any = None
        self.url = ""

    def habit(self, path: str, answer: Callable[[Asked], Reply | None]) -> None:
        """Answer requests of exactly *path* this way."""
        self.habits.append(lambda asked_path, asked: answer(asked) if asked_path == path else None)

    def respond(self, asked: Asked) -> Reply:
        if asked.path.startswith("/login/companyinfo/"):
            return self._company_info(asked)
        root = f"/{self.codebase}apis/3.0"
        if not asked.path.startswith(root):
            return html("404 - not found", status=404)
        if (
            asked.headers.get("authorization") != f"Basic {LOGIN}"
            or asked.headers.get("clientid") != CLIENT_ID
        ):
            words = {"code": "Unauthorized", "message": "Incorrect public/private key", "errors": None}
            return as_json(words, status=401)
        path = asked.path.removeprefix(root)
        for habit in self.habits:
            if (reply := habit(path, asked)) is not None:
                return reply
        return self.usual(path, asked)

    def usual(self, path: str, asked: Asked) -> Reply:
        """What a well-behaved server answers."""
        if path.endswith("/count") and path.removesuffix("/count") in self.lists:
            return as_json({"count": len(self.lists[path.removesuffix("/count")])})
        if path not in self.lists:
            if re.fullmatch(r"/company/companies/\d+/(sites|managementSummaryReports)", path):
                return as_json([])
            return as_json({"code": "NotFound", "message": f"{path} not found"}, status=404)
        if (condition := re.fullmatch(r"id=(\d+)", asked.query.get("conditions", ""))) is not None:
            return as_json([record for record in self.lists[path] if str(record["id"]) == condition[1]])
        size = int(asked.query.get("pageSize", "25"))
        if asked.headers.get("pagination-type") == "forward-only":
            return self._forward(path, size, int(asked.query.get("pageId", "0")))
        first = (int(asked.query.get("page", "1")) - 1) * size
        return as_json(self.lists[path][first : first + size])

    def _forward(self, path: str, size: int, after: int) -> Reply:
        rest = [record for record in self.lists[path] if int(record["id"]) > after]
        if len(rest) <= size:
            return as_json(rest)
        link = f"{self.url}/{self.codebase}apis/3.0{path}?pageSize={size}&pageId={rest[size - 1]['id']}"
        return as_json(rest[:size], Link=f'<{link}>; rel="next"')

    def _company_info(self, asked: Asked) -> Reply:
        assert "authorization" not in asked.headers, "companyinfo is asked before anyone signs in"
        if self.info is not None:
            return as_json(self.info)
        known = asked.path.endswith("/northwind")
        return as_json({"Codebase": self.codebase, "IsCloud": "False", "SiteUrl": None} if known else None)


#: Every list without a parent.
EMPTY = (
    "/system/mySecurity",
    "/company/companies",
    "/company/companies/types",
    "/company/companies/statuses",
    "/company/configurations",
    "/company/configurations/types",
    "/company/configurations/statuses",
    "/procurement/manufacturers",
    "/service/boards",
    "/service/priorities",
    "/finance/agreements",
    "/company/managedDevicesIntegrations",
)


def settings(url: str, **options: Any) -> PsaSettings:
    """Settings for the fake; http options by name."""
    top = {name: options.pop(name) for name in ("company", "version", "client_id") if name in options}
    http = HttpSettings(**{"retry_floor_seconds": 0, "page_size": 2, **options})
    return PsaSettings.model_validate(
        {
            "url": url,
            "company": "northwind",
            "client_id": CLIENT_ID,
            "public_key": "env:TEST_PSA_PUBLIC",
            "private_key": "env:TEST_PSA_PRIVATE",
            "http": http,
            **top,
        }
    )


@contextmanager
def running(fake: FakePsa) -> Iterator[Loopback]:
    """The fake on a free port."""
    with serving(fake.respond) as loopback:
        fake.url = loopback.url
        yield loopback


def read(fake: FakePsa, **options: Any) -> Reading:
    """Read everything of *fake* once."""
    with running(fake) as loopback:
        connector = PsaConnector(settings(loopback.url, **options), sleep=lambda _seconds: None)
        try:
            return Reading(connector, loopback)
        finally:
            connector.close()


class Reading:
    """What one reading brought."""

    def __init__(self, connector: PsaConnector, loopback: Loopback) -> None:
        self.records: dict[str, list[Record]] = {}
        self.readings: dict[str, ResourceReading] = {}
        for event in connector.read():
            if isinstance(event, ResourceReading):
                assert event.resource not in self.readings, "one reading for each resource"
                self.readings[event.resource] = event
            else:
                assert event.resource not in self.readings, "no page after the reading"
                self.records.setdefault(event.resource, []).extend(event.records)
        self.asked = loopback.asked

    def ids(self, resource: str) -> list[Any]:
        return [record["id"] for record in self.records.get(resource, [])]


def rows(*ids: int, **members: Any) -> list[Record]:
    return [{"id": one, "name": f"n{one}", **members} for one in ids]


def verdict(reading: Reading, resource: str = "configuration_statuses") -> Verdict:
    return reading.readings[resource].verdict


def reason(reading: Reading, resource: str = "configuration_statuses") -> str:
    return reading.readings[resource].reason
