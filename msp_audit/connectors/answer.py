"""One answer of a server: parsed leniently, quoted carefully, never with a secret in a message."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import orjson

from msp_audit.connectors.mending import mended
from msp_audit.domain import Record
from msp_audit.errors import SourceChanged

#: Characters of a server's own words that a message may quote.
QUOTED = 300

#: Objects and lists in one answer: each costs memory far beyond its two letters.
MAX_NODES = 4_000_000
#: Levels of one answer that the strict parser follows.
MAX_LEVELS = 1_024

#: What looks like a secret even when nobody told us its value.
_SECRET_PAIR = re.compile(
    r"""(?ix) ( (?:pass(?:word|wd|phrase)|pwd|secret|token|api[_-]?key|private[_-]?key|authorization|cookie)
        ["']? \s* [:=] \s* )
    (?: "(?:\\.|[^"\\])*"? | '(?:\\.|[^'\\])*'? | (?:(?:basic|bearer)\s+)? [^\s"',;&}<]+ )"""
)
_TITLE = re.compile(r"(?is)<title[^>]*>(.*?)</title")
_SECRET_SCHEME = re.compile(r"(?i)\b(basic|bearer)\s+[A-Za-z0-9+/=._~-]{6,}")


class Excessive(ValueError):
    """JSON of a shape that would take the memory or the stack; its text says which."""


class Secrets:
    """Values that must not appear in any text; more may be added while a connector signs in."""

    __slots__ = ("_values",)

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._values: set[str] = set()
        for value in values:
            self.add(value)

    def add(self, value: str) -> None:
        """Redact *value* too, also in the shapes in which it travels (base64, percent-encoded)."""
        if value:
            self._values |= {value, quote(value, safe=""), base64.b64encode(value.encode()).decode()}

    def redact(self, text: str) -> str:
        """*text* without the secrets and without anything that looks like one."""
        for value in sorted(self._values, key=len, reverse=True):
            text = text.replace(value, "***")
        return _SECRET_SCHEME.sub(r"\1 ***", _SECRET_PAIR.sub(r"\1***", text))

    def hide(self, text: str, *, shortest: int) -> str:
        """*text* without the secrets themselves, as far as they have *shortest* letters; else unchanged."""
        for value in sorted(self._values, key=len, reverse=True):
            if len(value) >= shortest:
                text = text.replace(value, "***")
        return text

    def __repr__(self) -> str:
        return f"Secrets({len(self._values)} values)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A successful answer; its body is parsed when asked for."""

    source: str
    resource: str
    status: int
    #: The address that was asked, with its query.
    url: str
    headers: Mapping[str, str] = field(repr=False)
    #: ``rel`` of the Link header -> address, as sent (may be relative or malformed).
    links: Mapping[str, str] = field(default_factory=dict)
    content: bytes = field(repr=False)
    secrets: Secrets = field(default_factory=Secrets, repr=False)

    def data(self) -> Any:  # noqa: ANN401  (any JSON)
        """The parsed body.

        Raises:
            SourceChanged: empty, HTML, truncated, nested too deeply or of too many parts.
        """
        try:
            return parse(self.content)
        except Excessive:
            raise SourceChanged(
                f"{self._got()}; no list of records is like that. Check the address in the settings, and "
                f"what lies between; if both are right, tell the vendor."
            ) from None
        except ValueError:
            raise SourceChanged(
                f"{self._got()} instead of JSON. Check the address in the settings; "
                f"if it is right, try again later."
            ) from None

    def records(self) -> list[Record]:
        """The body as a list of objects.

        Raises:
            SourceChanged: it is something else.
        """
        data = self.data()
        if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
            raise SourceChanged(f"{self._got()} instead of a list of records.")
        return data

    def _got(self) -> str:
        subject = f"'{self.resource}'" if self.resource else "a request"
        return f"{self.source} answered {subject} with {describe(self.content, secrets=self.secrets)}"


def parse(content: bytes) -> Any:  # noqa: ANN401
    """JSON, read fast; what the strict parser refuses (BOM, lone surrogates, raw control characters) slowly.

    Texts come without signs that no database keeps.

    Raises:
        ValueError: not JSON; :class:`Excessive`: nested too deeply or too often to be a vendor's records.
    """
    if len(content) > 2 * MAX_NODES and content.count(b"{") + content.count(b"[") > MAX_NODES:
        raise Excessive(f"JSON of more than {MAX_NODES:,} objects and lists")
    try:
        document = orjson.loads(content)
        # The strict parser lets nothing else through, and this only where it is escaped.
        return mended(document) if b"\\u0000" in content else document
    except orjson.JSONDecodeError as error:
        if content[:1] == b"<" or not content.strip():
            raise
        # "depth limit exceeded"; in earlier versions "Recursion limit reached".
        if "limit" in error.msg:
            raise _too_deep() from None
        try:
            return mended(json.loads(content.decode("utf-8-sig", "replace"), strict=False))
        except RecursionError:
            raise _too_deep() from None
        except ValueError:
            raise ValueError(str(error)) from None


def _too_deep() -> Excessive:
    return Excessive(f"JSON nested more than {MAX_LEVELS:,} deep")


def describe(content: bytes, *, secrets: Secrets) -> str:
    """What a body that is not the agreed JSON looks like: its kind, and its title or first line, redacted.

    Of something like JSON only an error's message is quoted: the rest may be a customer's record.
    """
    text = content[: 8 * QUOTED].decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if not text:
        return "nothing"
    if text.startswith(("{", "[")):
        try:
            words = "; ".join(_messages(parse(content)))
        except Excessive as error:
            return f"{len(content):,} bytes of {error}"
        except ValueError:
            return f"{len(content):,} bytes of damaged JSON"
        return _quoted(words, secrets=secrets) or f"{len(content):,} bytes of other JSON"
    title = _TITLE.search(text)
    first = (title[1] if title else "").strip() or text.splitlines()[0].strip()
    kind = "HTML" if text.startswith("<") else f"{len(content):,} bytes"
    return f"{kind} ({_quoted(first, secrets=secrets)})"


def complaint(content: bytes, *, secrets: Secrets) -> str:
    """The words of an error body in one line, redacted; empty when there are none.

    ConnectWise: ``errors[].message``, else ``message``, else ``error``. JSON:API: ``errors[].detail`` or
    ``title``. HTML and text: their first line.
    """
    if not content.strip():
        return ""
    try:
        body = parse(content)
    except ValueError:
        return describe(content, secrets=secrets)
    found = _messages(body)
    return _quoted("; ".join(dict.fromkeys(found)), secrets=secrets) if found else ""


def _messages(body: object) -> list[str]:
    if isinstance(body, str):
        return [body]
    if not isinstance(body, dict):
        return []
    errors = body.get("errors")
    nested = [item for item in errors if isinstance(item, dict)] if isinstance(errors, list) else []
    found = [text for item in nested if (text := _first_text(item, "message", "detail", "title"))]
    own = _first_text(body, "message", "Message", "error_description", "error")
    return found or ([own] if own else [])


def _first_text(item: Mapping[str, Any], *names: str) -> str:
    values = (item.get(name) for name in names)
    return next((value.strip() for value in values if isinstance(value, str) and value.strip()), "")


def _quoted(text: str, *, secrets: Secrets) -> str:
    text = "".join(c if c.isprintable() else " " for c in secrets.redact(text))
    return text if len(text) <= QUOTED else text[: QUOTED - 1] + "…"
