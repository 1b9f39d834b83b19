"""Takes out of records what must never reach the store: passwords and their like."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any

from msp_audit.domain import Record
from msp_audit.errors import SourceChanged

#: What stands in the place of a secret in a recording.
MASK = "***"

#: No vendor's record is deeper; more would be an attack on the next parser.
MAX_DEPTH = 64

_SECRET_MEMBER = re.compile(
    r"(?i)pass[_ -]?(?:word|wd|phrase|code)|pwd|secret|credential"
    r"|(?:private|api|recovery|encryption|pre-?shared)[_ -]?key"
    r"|(?:access|auth|bearer|refresh|session|api)[_ -]?token|^token$|snmp\w*community"
)
_NESTED = frozenset({dict, list})
#: Members that hold what a person typed into a field, and those that say which field it was.
_ANSWERS = ("answer", "value")
_FIELD_TYPES = ("fieldType", "fieldTypeIdentifier", "type")
_FIELD_NAMES = ("question", "caption")


def scrub(records: Iterable[Record], *, secrets: Collection[str] = ()) -> list[Record]:
    """*records*, changed in place: no password-like member at any depth.

    A member goes when its name looks like a password or is one of *secrets* (exact names). A question or
    custom field of type Password, or named like one, loses its answer.

    Raises:
        SourceChanged: a record is nested more than ``MAX_DEPTH`` deep.
    """
    cleaned = list(records)
    unwanted = frozenset(secrets)
    level: list[Any] = cleaned
    for _ in range(MAX_DEPTH):
        level = _scrubbed(level, unwanted=unwanted)
        if not level:
            return cleaned
    raise SourceChanged(f"A record is nested more than {MAX_DEPTH} deep; this is no vendor's record.")


def _scrubbed(level: list[Any], *, unwanted: frozenset[str]) -> list[Any]:
    """What is nested right below the nodes of *level*, which are cleaned."""
    below: list[Any] = []
    for node in level:
        values: Iterable[Any] = node
        if type(node) is dict:
            # Thousands of records have the same few sets of names.
            refused, is_answer = _shape(tuple(node), unwanted)
            for name in refused:
                del node[name]
            if is_answer:
                _drop_answers(node)
            values = node.values()
        # Every value of every record passes here: a loop, for a comprehension is a call.
        for value in values:
            if type(value) in _NESTED:
                below.append(value)
    return below


def masked(document: Any) -> bool:  # noqa: ANN401  (any JSON)
    """Put :data:`MASK` in the place of every secret in *document*, at any depth; whether there was one."""
    waiting = [document]
    found = False
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict):
            secret = [name for name in node if _is_secret(name)]
            if _is_password(node):
                secret += [name for name in _ANSWERS if name in node]
            for name in secret:
                if isinstance(node[name], str | int | float) and not isinstance(node[name], bool):
                    node[name] = MASK
                    found = True
            waiting.extend(node.values())
    return found


def _is_password(node: dict[str, Any]) -> bool:
    for name in _FIELD_TYPES:
        kind = node.get(name)
        if isinstance(kind, str) and kind.lower() == "password":
            return True
    for name in _FIELD_NAMES:
        label = node.get(name)
        if isinstance(label, str) and _is_secret(label):
            return True
    return False


def _drop_answers(node: dict[str, Any]) -> None:
    if _is_password(node):
        for answer in _ANSWERS:
            node.pop(answer, None)


@lru_cache(maxsize=4096)
def _shape(names: tuple[str, ...], unwanted: frozenset[str]) -> tuple[tuple[str, ...], bool]:
    """The members that must go, and whether the node answers a question."""
    refused = tuple(name for name in names if name in unwanted or _is_secret(name))
    return refused, any(answer in names for answer in _ANSWERS)


@lru_cache(maxsize=4096)
def _is_secret(name: str) -> bool:
    return _SECRET_MEMBER.search(name) is not None
