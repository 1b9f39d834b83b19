"""One request as the stand-ins see it, and the answers they can give."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import orjson


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request below one source's address. Faults hand on changed copies of it."""

    #: ``psa``, ``automate``, ``auvik`` or ``ninjaone``.
    source: str
    method: str
    #: Below the source's base address, beginning with a slash.
    path: str
    #: In the order in which they came.
    query: tuple[tuple[str, str], ...]
    #: Lower-case names.
    headers: Mapping[str, str]
    body: bytes
    #: Address that *path* is below, as the caller wrote it.
    base: str
    #: Rows by which a page begins too early (below 0) or too late: the list moved while it was read.
    shift: int = 0
    #: Of so many records one is hidden from the caller; 0 hides none.
    hides_every: int = 0
    #: Rows that one page may hold, where the server is older than its documents.
    largest_page: int | None = None
    #: Bytes of the address as it was sent.
    address_length: int = 0

    def parameter(self, name: str) -> str | None:
        """The last value of a query parameter; names differ by case nowhere in these interfaces."""
        wanted = name.lower()
        return next((value for key, value in reversed(self.query) if key.lower() == wanted), None)

    def without(self, *names: str) -> tuple[tuple[str, str], ...]:
        """The query without these parameters."""
        return tuple(pair for pair in self.query if pair[0] not in names)

    def without_header(self, name: str) -> Call:
        """This call as if it had not sent a header."""
        return replace(self, headers={key: value for key, value in self.headers.items() if key != name})

    @property
    def login(self) -> tuple[str, str] | None:
        """User and password of basic authentication; None when there are none."""
        scheme, _, encoded = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            user, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        return (user, password) if colon else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Status, headers and body; how it is broken on the wire, if it is."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    #: Close the connection after this many bytes of the body.
    breaks_after: int | None = None

    def with_headers(self, **headers: str) -> Answer:
        """The same with more headers; an underscore stands for a hyphen."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **named})

    def without_header(self, name: str) -> Answer:
        """The same without one header."""
        return replace(self, headers={key: value for key, value in self.headers.items() if key != name})

    @property
    def document(self) -> Any:  # noqa: ANN401  (a JSON document holds anything)
        """The parsed body."""
        return orjson.loads(self.body)

    def with_document(self, document: Any) -> Answer:  # noqa: ANN401
        """The same with another JSON body."""
        return replace(self, body=orjson.dumps(document))


#: The rest of the server, as a fault sees it.
Proceed = Callable[[Call], Awaitable[Answer]]


def json_answer(document: Any, *, status: int = 200, media_type: str = "application/json") -> Answer:  # noqa: ANN401
    """An answer of one JSON document."""
    return raw_json(orjson.dumps(document), status=status, media_type=media_type)


def raw_json(body: bytes, *, status: int = 200, media_type: str = "application/json") -> Answer:
    """An answer of JSON that is ready."""
    return Answer(status=status, headers={"content-type": f"{media_type}; charset=utf-8"}, body=body)


def html_answer(title: str, *, status: int) -> Answer:
    """A page as gateways, login screens and web servers send it."""
    page = f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
    return Answer(status=status, headers={"content-type": "text/html; charset=utf-8"}, body=page.encode())


def address(base: str, path: str, query: Sequence[tuple[str, str]]) -> str:
    """An address with its query, escaped."""
    asked = urlencode(query, quote_via=quote, safe="[]")
    return f"{base}{quote(path)}{'?' if asked else ''}{asked}"


def query_of(text: str) -> tuple[tuple[str, str], ...]:
    """The parameters of a query string."""
    return tuple(parse_qsl(text, keep_blank_values=True))
