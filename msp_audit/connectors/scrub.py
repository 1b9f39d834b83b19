"""Takes out of records what must never reach the store: passwords, and signs that no database keeps."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any

from msp_audit.domain import Record
from msp_audit.errors import SourceChanged

#: No vendor's record is deeper; more would be an attack on the next parser.
MAX_DEPTH = 64

_SECRET_MEMBER = re.compile(
    r"(?i)pass[_ -]?(?:word|wd|phrase|code)|pwd|secret|credential"
    r"|(?:private|api|recovery|encryption|pre-?shared)[_ -]?key"
    r"|(?:access|auth|bearer|refresh|session|api)[_ -]?token|^token$"
)
#: Members that hold what a person typed into a field, and those that say which field it was.
_ANSWERS = ("answer", "value")
_FIELD_TYPES = ("fieldType", "fieldTypeIdentifier", "type")
_FIELD_NAMES = ("question", "caption")


def scrub(records: Iterable[Record], *, secrets: Collection[str] = ()) -> list[Record]:
    """*records*, changed in place: no password-like member at any depth, no NUL, no lone surrogate.

    A member goes when its name looks like a password or is one of *secrets* (exact names). A question or
    custom field of type Password, or named like one, loses its answer.

    Raises:
        SourceChanged: a record is nested more than ``MAX_DEPTH`` deep.
    """
    cleaned = list(records)
    unwanted = frozenset(secrets)
    for record in cleaned:
        _scrub(record, unwanted=unwanted)
    return cleaned


def _scrub(record: Record, *, unwanted: frozenset[str]) -> None:
    waiting: list[tuple[Any, int]] = [(record, 1)]
    while waiting:
        node, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise SourceChanged(f"A record is nested more than {MAX_DEPTH} deep; this is no vendor's record.")
        if isinstance(node, dict):
            _drop_secrets(node, unwanted=unwanted)
            members: Iterable[tuple[Any, Any]] = list(node.items())
        else:
            members = enumerate(node)
        for place, value in members:
            if isinstance(value, str):
                if (text := _text(value)) is not value:
                    node[place] = text
            elif isinstance(value, dict | list):
                waiting.append((value, depth + 1))


def _drop_secrets(node: dict[str, Any], *, unwanted: frozenset[str]) -> None:
    for name in [name for name in node if name in unwanted or _is_secret(name)]:
        del node[name]
    if not any(answer in node for answer in _ANSWERS):
        return
    types = [node.get(name) for name in _FIELD_TYPES]
    labels = [node.get(name) for name in _FIELD_NAMES]
    if any(isinstance(kind, str) and kind.lower() == "password" for kind in types) or any(
        isinstance(label, str) and _is_secret(label) for label in labels
    ):
        for answer in _ANSWERS:
            node.pop(answer, None)


@lru_cache(maxsize=4096)
def _is_secret(name: str) -> bool:
    return _SECRET_MEMBER.search(name) is not None


def _text(value: str) -> str:
    if "\x00" in value:
        value = value.replace("\x00", "")
    if value.isascii():
        return value
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace").decode()
    return value
