"""The stand-in for NinjaOne: OAuth 2 tokens, arrays that go on behind an id, reports by a cursor."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import orjson

from msp_audit.sandbox.call import Answer, Call, html_answer, json_answer, query_of, raw_json
from msp_audit.sandbox.reading import Reading
from msp_audit.sandbox.records import Positions, Records

CLIENT_ID = "northwind-audit"
CLIENT_SECRET = "ninjaone-secret"
TOKEN_PATH = "/ws/oauth/token"
TOKEN_SECONDS = 3600
#: What the vendor gives where nothing is asked for.
DEFAULT_PAGE = 50
LARGEST_PAGE = 1_000
SCOPES = frozenset({"monitoring", "management", "control"})

#: Path -> list that goes on behind the last id.
LISTS: Mapping[str, str] = {
    "/v2/organizations": "organizations",
    "/v2/locations": "locations",
    "/v2/devices-detailed": "devices",
}
#: Path -> report over all devices.
QUERIES: Mapping[str, str] = {
    "/v2/queries/computer-systems": "computer_systems",
    "/v2/queries/network-interfaces": "network_interfaces",
}


class Ninjaone:
    """Answers calls over one weekly reading; the tokens it gave outlive a change of reading."""

    def __init__(self, reading: Reading, tokens: dict[str, datetime] | None = None) -> None:
        self._reading = reading
        #: Token -> when it ends.
        self.tokens = tokens if tokens is not None else {}
        #: Cursor -> the path it is of, and how many rows it has shown.
        self._cursors: dict[str, tuple[str, int]] = {}

    def answer(self, call: Call) -> Answer:
        """The vendor's answer to *call*."""
        path = call.path.rstrip("/")
        if path == TOKEN_PATH:
            return self._sign_in(call)
        if not self._is_admitted(call):
            return error_answer(401, "invalid_token")
        if path not in LISTS and path not in QUERIES:
            return html_answer("404 Not Found", status=404)
        if call.method != "GET":
            return error_answer(405, "method_not_allowed")
        try:
            return self._list(call, path) if path in LISTS else self._report(call, path)
        except ValueError:
            return error_answer(400, "bad_request")

    def _sign_in(self, call: Call) -> Answer:
        if call.method != "POST":
            return error_answer(405, "method_not_allowed")
        form = dict(query_of(call.body.decode("utf-8", "replace")))
        if form.get("grant_type") != "client_credentials":
            return error_answer(400, "unsupported_grant_type")
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return error_answer(401, "invalid_client")
        asked = set(form.get("scope", "").split())
        if not asked or not asked <= SCOPES:
            return error_answer(400, "invalid_scope")
        token = secrets.token_urlsafe(32)
        self.tokens[token] = datetime.now(UTC) + timedelta(seconds=TOKEN_SECONDS)
        return json_answer(
            {
                "access_token": token,
                "expires_in": TOKEN_SECONDS,
                "scope": " ".join(sorted(asked)),
                "token_type": "Bearer",
            }
        )

    def _is_admitted(self, call: Call) -> bool:
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        ends_at = self.tokens.get(token)
        return scheme.lower() == "bearer" and ends_at is not None and ends_at > datetime.now(UTC)

    def _list(self, call: Call, path: str) -> Answer:
        records = self._reading.ninjaone(LISTS[path])
        after = call.parameter("after")
        start = records.after(int(after), records.all) if after else 0
        if 0 < start < len(records):
            start = max(0, start + call.shift)
        return raw_json(records.listing(records.all[start : start + _size(call)]))

    def _report(self, call: Call, path: str) -> Answer:
        records = self._reading.ninjaone(QUERIES[path])
        name = call.parameter("cursor")
        start = 0
        if name is not None:
            known, start = self._cursors.get(name, ("", 0))
            if known != path:
                return error_answer(400, "cursor_expired")
        size = _size(call)
        shown = records.all[max(0, start + (call.shift if name else 0)) : start + size]
        name = name or secrets.token_hex(16)
        self._cursors[name] = (path, start + size)
        return raw_json(_report(records, shown, name=name, start=start))


def _report(records: Records, shown: Positions, *, name: str, start: int) -> bytes:
    expires = (datetime.now(UTC) + timedelta(minutes=10)).timestamp()
    cursor = {"name": name, "offset": start, "count": len(shown), "expires": expires}
    return b'{"cursor":%b,"results":%b}' % (orjson.dumps(cursor), records.listing(shown))


def error_answer(status: int, code: str) -> Answer:
    """An error as the vendor writes it."""
    return json_answer(
        {"resultCode": code.upper(), "errorMessage": code.replace("_", " "), "error": code}, status=status
    )


def _size(call: Call) -> int:
    size = int(call.parameter("pageSize") or DEFAULT_PAGE)
    if size < 1:
        raise ValueError
    return min(size, LARGEST_PAGE)
