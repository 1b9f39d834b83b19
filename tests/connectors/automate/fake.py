"""A small Automate server: tokens that can be taken away, and plain arrays page by page."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from msp_audit.connectors.automate import AutomateConnector
from msp_audit.connectors.base import Page
from msp_audit.domain import Record, ResourceReading
from msp_audit.settings.model import AutomateSettings, HttpSettings
from msp_audit.settings.secret import SecretReference

PASSWORD = "p4ssw0rd-of-the-auditor"
CLIENT_ID = "00000000-0000-4000-8000-000000000001"
ROOT = "/cwa/api/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


#: Status and JSON body.
Answer = tuple[int, Any]


@dataclass(slots=True)
class Fake:
    """Lists by path; *intercept* may answer first."""

    lists: dict[str, list[Record]] = field(default_factory=dict)
    intercept: Callable[[Asked], Answer | None] = lambda _asked: None
    #: Tokens that are good.
    tokens: set[str] = field(default_factory=set)
    #: Refreshing works.
    refreshes: bool = True
    asked: list[Asked] = field(default_factory=list)
    url: str = ""
    _given: int = 0

    def respond(self, asked: Asked) -> Answer:
        early = self.intercept(asked)
        if early is not None:
            return early
        if asked.headers.get("clientid") != CLIENT_ID:
            return 401, {"Message": "The clientId header is missing."}
        if asked.path == f"{ROOT}/apitoken":
            if asked.body != {"Username": "auditor", "Password": PASSWORD}:
                return 401, {"Message": f"{asked.body} is not right."}
            return self._grant()
        if asked.path == f"{ROOT}/apitoken/refresh":
            return self._grant() if self.refreshes else (401, {"Message": "Too late."})
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return 401, {"Message": "Authorization has been denied for this request."}
        return 200, self._page(asked)

    def _grant(self) -> Answer:
        self._given += 1
        token = f"token-number-{self._given}"
        self.tokens.add(token)
        return 200, {"AccessToken": token, "TokenType": "Bearer", "IsTwoFactorRequired": False}

    def _page(self, asked: Asked) -> list[Record]:
        rows = self.lists.get(asked.path.removeprefix(ROOT), [])
        if asked.query.get("orderby", "").endswith(" desc"):
            rows = rows[::-1]
        page, size = int(asked.query["page"]), int(asked.query["pagesize"])
        return rows[(page - 1) * size : page * size]

    def requests(self, path: str) -> list[Asked]:
        """Requests to one path, the sign-in probe (one row) left out."""
        return [a for a in self.asked if a.path == ROOT + path and a.query.get("pagesize") != "1"]


@contextmanager
def running(fake: Fake) -> Iterator[Fake]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer("GET")

        def do_POST(self) -> None:
            self._answer("POST")

        def _answer(self, method: str) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            parts = urlsplit(self.path)
            asked = Asked(
                method=method,
                path=parts.path,
                query=dict(parse_qsl(parts.query)),
                headers={name.lower(): value for name, value in self.headers.items()},
                body=json.loads(self.rfile.read(length)) if length else None,
            )
            fake.asked.append(asked)
            status, body = fake.respond(asked)
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


def settings(url: str, *, rows: int | None = 2, **more: Any) -> AutomateSettings:
    return AutomateSettings(
        url=url,
        username="auditor",
        password=SecretReference("env:AUTOMATE_TEST_PASSWORD"),
        client_id=CLIENT_ID,
        http=HttpSettings(page_size=rows),
        **more,
    )


@dataclass(slots=True)
class Reading:
    records: dict[str, list[Record]]
    readings: dict[str, ResourceReading]


def read(connector: AutomateConnector) -> Reading:
    """Everything one reading yields; every resource must end with exactly one reading."""
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


def read_rest(url: str, **more: Any) -> Reading:
    return read(AutomateConnector(settings(url, **more), sleep=lambda _seconds: None))
