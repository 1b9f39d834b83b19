"""Which records of a list a PSA call asks for, in which order, with which members."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson

from msp_audit.domain import Record
from msp_audit.sandbox.call import Answer, Call, json_answer
from msp_audit.sandbox.conditions import PSA, ConditionError, Expression, parse
from msp_audit.sandbox.matching import Kinds, check, matches
from msp_audit.sandbox.psa_lists import kind_of_child_field, kind_of_field
from msp_audit.sandbox.records import Positions, Records, member

_CUSTOM_FIELD_KINDS = {
    "id": "number",
    "caption": "text",
    "type": "text",
    "entryMethod": "text",
    "value": "any",
}


class PsaError(Exception):
    """The call is refused with this answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer

    @classmethod
    def of(cls, code: str, message: str, *, status: int) -> PsaError:
        """A refusal in the vendor's usual shape."""
        return cls(error_answer(code, message, status=status))


def error_answer(
    code: str, message: str, *, status: int, errors: list[dict[str, str]] | None = None
) -> Answer:
    """The vendor's error body."""
    return json_answer({"code": code, "message": message, "errors": errors}, status=status)


def out_of_range(name: str, *, largest: int) -> PsaError:
    """The refusal of a number that a parameter does not take."""
    detail = {
        "code": "OutOfRange",
        "message": f"The field {name} must be between 1 and {largest}.",
        "resource": name,
        "field": name,
    }
    answer = error_answer("InvalidObject", f"{name} object is invalid", status=400, errors=[detail])
    return PsaError(answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Some records of a list, and a name that no other set of them has, to remember work by."""

    name: str
    positions: Positions


def chosen(records: Records, within: Selection, call: Call, resource: str) -> Selection:
    """Those of *within* that the call's three conditions let through.

    Raises:
        ConditionError: a condition is refused.
    """
    tests: list[tuple[str, Kinds, Callable[[Expression, Record], bool]]] = [
        ("conditions", lambda name: kind_of_field(resource, name), _passes),
        ("childConditions", lambda name: kind_of_child_field(resource, name), _passes),
        ("customFieldConditions", _CUSTOM_FIELD_KINDS.get, _has_custom_field),
    ]
    for parameter, kinds, test in tests:
        if text := call.parameter(parameter):
            expression = parse(text, dialect=PSA)
            check(expression, kinds)
            name = f"{within.name}\n{parameter} {text}"
            found = records.where(name, partial(test, expression), within.positions)
            within = Selection(name=name, positions=found)
    return within


def ordered(records: Records, within: Selection, call: Call, resource: str) -> Positions:
    """*within* as ``orderBy`` says; by id without it.

    Raises:
        ConditionError: it names no field.
    """
    text = call.parameter("orderBy") or "id"
    keys = [_sort_key(part.strip(), resource) for part in text.split(",")]
    positions = within.positions
    if keys[0][0] == "id":
        return positions[::-1] if keys[0][1] else positions
    name = f"{within.name}\norderBy"
    for path, is_falling in reversed(keys):
        name = f"{name} {path} {is_falling}"
        positions = records.ordered(name, partial(_rank, path), positions, is_falling=is_falling)
    return positions


def trimmed(records: Records, positions: Positions, fields: str | None) -> bytes:
    """The records as a JSON array, with only the members that ``fields`` names, if it names any."""
    if not fields:
        return records.listing(positions)
    wanted = [name.strip().split("/", maxsplit=1) for name in fields.split(",") if name.strip()]
    return orjson.dumps([_trim(record, wanted) for record in records.records(positions)])


def _passes(expression: Expression, record: Record) -> bool:
    return matches(expression, record, PSA)


def _has_custom_field(expression: Expression, record: Record) -> bool:
    return any(matches(expression, item, PSA) for item in record.get("customFields") or ())


def _sort_key(part: str, resource: str) -> tuple[str, bool]:
    name, _, direction = part.partition(" ")
    kind = kind_of_field(resource, name)
    if kind in (None, "reference", "map") or direction.strip().lower() not in ("", "asc", "desc"):
        raise ConditionError(f"{part} is not a recognized name.")
    path = "_info.lastUpdated" if name == "lastUpdated" else name.replace("/", ".")
    return path, direction.strip().lower() == "desc"


def _rank(path: str, record: Record) -> tuple[bool, str, Any]:
    value = member(record, path)
    is_text = isinstance(value, str)
    return value is not None, "text" if is_text else "", value.casefold() if is_text else value or 0


def _trim(record: Record, wanted: list[list[str]]) -> Record:
    kept: Record = {}
    for name, *rest in wanted:
        if name not in record:
            continue
        value = record[name]
        if not rest or not isinstance(value, dict):
            kept[name] = value
        elif rest[0] in value:
            kept.setdefault(name, {})[rest[0]] = value[rest[0]]
    return kept
