"""The stand-in for Automate's REST interface: tokens, and plain arrays page by page."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import orjson

from msp_audit.domain import Record
from msp_audit.sandbox.call import Answer, Call, html_answer, json_answer, raw_json
from msp_audit.sandbox.conditions import AUTOMATE, ConditionError, Expression, parse
from msp_audit.sandbox.matching import check, matches
from msp_audit.sandbox.psa import CLIENT_ID
from msp_audit.sandbox.reading import Reading
from msp_audit.sandbox.records import Positions, Records, member

USER = "auditor"
PASSWORD = "automate"

ROOT = "/cwa/api/v1"
DEFAULT_PAGE = 100
LARGEST_PAGE = 1_000
#: "Up to an hour's worth of access".
TOKEN_SECONDS = 3_600

#: Path -> our name of the list, and the member that identifies a record.
LISTS = {
    "clients": ("clients", "Id"),
    "locations": ("locations", "Id"),
    "computers": ("computers", "Id"),
    "networkdevices": ("network_devices", "Id"),
    "retiredassets": ("retired_assets", "Id"),
    "tickets": ("tickets", "TicketId"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    expires_at: datetime
    #: No refresh goes beyond this.
    ends_at: datetime


class Automate:
    """Answers calls over one weekly reading; the tokens it gave outlive a change of reading."""

    def __init__(self, reading: Reading, tokens: dict[str, _Token] | None = None) -> None:
        self._reading = reading
        self.tokens = tokens if tokens is not None else {}

    def answer(self, call: Call) -> Answer:
        """The vendor's answer to *call*."""
        if not call.path.lower().startswith(f"{ROOT}/"):
            return html_answer("404 - File or directory not found.", status=404)
        if call.headers.get("clientid", "").lower() != CLIENT_ID:
            return _refusal("The clientId header is missing or not registered.", status=401)
        path = call.path[len(ROOT) + 1 :].strip("/").lower()
        if path == "apitoken":
            return self._log_in(call) if call.method == "POST" else _method_refused(call)
        if path == "apitoken/refresh":
            return self._refresh(call) if call.method == "POST" else _method_refused(call)
        if not self._is_admitted(call):
            return _refusal("Authorization has been denied for this request.", status=401)
        return self._resource(call, path)

    def _log_in(self, call: Call) -> Answer:
        document = _document(call)
        given = (document.get("Username"), document.get("Password")) if isinstance(document, dict) else None
        if given != (USER, PASSWORD):
            return _refusal("The username or password is incorrect.", status=401)
        now = datetime.now(UTC)
        return self._grant(
            _Token(expires_at=now + timedelta(seconds=TOKEN_SECONDS), ends_at=now + timedelta(days=1))
        )

    def _refresh(self, call: Call) -> Answer:
        old = self.tokens.pop(str(_document(call)), None)
        now = datetime.now(UTC)
        if old is None or old.ends_at <= now:
            return _refusal("Authorization has been denied for this request.", status=401)
        expires_at = min(now + timedelta(seconds=TOKEN_SECONDS), old.ends_at)
        return self._grant(_Token(expires_at=expires_at, ends_at=old.ends_at))

    def _grant(self, token: _Token) -> Answer:
        secret = secrets.token_urlsafe(32)
        self.tokens[secret] = token
        return json_answer(
            {
                "AccessToken": secret,
                "TokenType": "Bearer",
                "ExpirationDate": _written(token.expires_at),
                "AbsoluteExpirationDate": _written(token.ends_at),
                "UserId": "7",
                "InternalUserName": USER,
                "IsTwoFactorRequired": False,
                "IsInternalTwoFactorRequired": False,
                "SSOAccessToken": None,
            }
        )

    def _is_admitted(self, call: Call) -> bool:
        scheme, _, secret = call.headers.get("authorization", "").partition(" ")
        token = self.tokens.get(secret)
        return scheme.lower() == "bearer" and token is not None and token.expires_at > datetime.now(UTC)

    def _resource(self, call: Call, path: str) -> Answer:
        if call.method != "GET":
            return _method_refused(call)
        if path == "patchinformation":
            return json_answer({"ServerVersion": "25.0.5", "LastUpdate": "2026-10-30T02:00:00Z"})
        name, _, record_id = path.partition("/")
        if name not in LISTS:
            return _refusal(f"No HTTP resource was found that matches '{call.path}'.", status=404)
        resource, id_member = LISTS[name]
        records = self._reading.automate(resource, id_member=id_member)
        if record_id:
            position = records.position_of(record_id)
            if position is None:
                return _refusal("Resource not found.", status=404)
            return raw_json(records.line(position))
        try:
            return _listed(records, call)
        except (ConditionError, ValueError) as error:
            return _refusal(str(error), status=400)


def _listed(records: Records, call: Call) -> Answer:
    size = min(_number(call, "pagesize", default=DEFAULT_PAGE), LARGEST_PAGE)
    page = _number(call, "page", default=1)
    within: Positions = records.all
    name = ""
    if text := call.parameter("condition"):
        expression = parse(text, dialect=AUTOMATE)
        check(
            expression,
            lambda field: "any" if field.split(".")[0] in records.names or not records.names else None,
        )
        name = text
        within = records.where(text, partial(_passes, expression), within)
    within = _ordered(records, within, call.parameter("orderby") or "", name=name)
    start = max(0, (page - 1) * size + (call.shift if page > 1 else 0))
    return raw_json(records.listing(within[start : start + size]))


def _ordered(records: Records, within: Positions, text: str, *, name: str) -> Positions:
    for part in reversed([part.strip() for part in text.split(",") if part.strip()]):
        path, _, direction = part.partition(" ")
        if path.split(".")[0] not in records.names and records.names:
            raise ConditionError(f"{path} is not a recognized name.")
        is_falling = direction.strip().lower() == "desc"
        if text == part and path in ("Id", "TicketId") and records.is_rising:
            return within[::-1] if is_falling else within
        name = f"{name}\norderby {part}"
        within = records.ordered(name, partial(_rank, path), within, is_falling=is_falling)
    return within


def _passes(expression: Expression, record: Record) -> bool:
    return matches(expression, record, AUTOMATE)


def _rank(path: str, record: Record) -> tuple[bool, int, float, str]:
    value = member(record, path)
    text = str(value)
    # Ids are numbers written as text in some models; they are ordered as numbers.
    is_number = text.removeprefix("-").replace(".", "", 1).isdecimal()
    return value is not None, int(not is_number), float(text) if is_number else 0, text.casefold()


def _number(call: Call, name: str, *, default: int) -> int:
    text = call.parameter(name)
    if text is None:
        return default
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(f"The value '{text}' is not valid for {name}.")
    return int(text)


def _document(call: Call) -> Any:  # noqa: ANN401
    try:
        return orjson.loads(call.body)
    except orjson.JSONDecodeError:
        return None


def _refusal(message: str, *, status: int) -> Answer:
    return json_answer({"Message": message}, status=status)


def _method_refused(call: Call) -> Answer:
    return _refusal(f"The requested resource does not support http method '{call.method}'.", status=405)


def _written(time: datetime) -> str:
    return time.isoformat(timespec="seconds").replace("+00:00", "Z")
