"""Judges records by a parsed condition, with the meaning an SQL server gives it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from msp_audit.domain import Record
from msp_audit.sandbox.conditions import (
    Comparison,
    ConditionError,
    Dialect,
    Expression,
    Junction,
    Value,
    as_time,
)

#: Kind of a field: ``number text truth time reference list map any``; None for an unknown name.
Kinds = Callable[[str], str | None]

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {"=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
_WORDS = {"number": "numeric", "text": "string", "truth": "boolean", "time": "date"}


def check(expression: Expression, kinds: Kinds) -> None:
    """Refuse names that are not fields, and values of the wrong kind.

    Raises:
        ConditionError: as the vendor words it.
    """
    for comparison in comparisons(expression):
        kind = kinds(comparison.name)
        if kind is None:
            raise ConditionError(f"{comparison.name} is not a recognized name.")
        for value in comparison.values:
            _check_value(comparison, kind, value)


def comparisons(expression: Expression) -> Iterator[Comparison]:
    """Every comparison in *expression*."""
    if isinstance(expression, Comparison):
        yield expression
    else:
        for part in expression.parts:
            yield from comparisons(part)


def matches(expression: Expression, record: Record, dialect: Dialect) -> bool:
    """Whether *record* satisfies *expression*. An array satisfies a comparison when one item does."""
    if isinstance(expression, Junction):
        judged = (matches(part, record, dialect) for part in expression.parts)
        return all(judged) if expression.word == "and" else any(judged)
    name = dict(dialect.aliases).get(expression.name, expression.name)
    found = list(_found(record, name.split(dialect.separator)))
    if expression.values == (None,) and expression.operator in ("=", "!="):
        return all(value is None for value in found) == (expression.operator == "=")
    return any(_holds(expression, value, dialect) for value in found)


def _found(value: Any, steps: list[str]) -> Iterator[Any]:  # noqa: ANN401
    if not steps and not isinstance(value, list):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _found(item, steps)
    else:
        yield from _found(value.get(steps[0]) if isinstance(value, dict) else None, steps[1:])


def _holds(comparison: Comparison, found: Any, dialect: Dialect) -> bool:  # noqa: ANN401
    if found is None and comparison.values and isinstance(comparison.values[0], bool):
        found = False  # a flag that the answer leaves out is not set
    if found is None:
        return False  # as in SQL: nothing can be said of null, not even that it differs
    if comparison.operator in ("like", "contains") and isinstance(comparison.values[0], str):
        text = comparison.values[0]
        pattern = text if comparison.operator == "like" else f"%{text}%"
        is_held = _like(pattern, dialect).fullmatch(str(found)) is not None
    elif comparison.operator in ("in", "like", "contains"):
        is_held = any(_compares(eq, found, value) for value in comparison.values)
    else:
        is_held = _compares(_OPERATORS[comparison.operator], found, comparison.values[0])
    return is_held != comparison.is_negated


def _compares(operator: Callable[[Any, Any], bool], found: Any, value: Value) -> bool:  # noqa: ANN401
    if isinstance(value, datetime):
        time = as_time(str(found))
        return time is not None and operator(time, value)
    if isinstance(value, bool):
        return operator(bool(found), value)
    if isinstance(value, int | float):
        try:
            return operator(float(found), float(value))
        except (TypeError, ValueError, OverflowError):
            return False
    return operator(str(found).casefold(), str(value).casefold())


def _check_value(comparison: Comparison, kind: str, value: Value) -> None:
    if comparison.operator in ("like", "contains"):
        if not isinstance(value, str) and kind != "any":
            raise ConditionError(_expected(comparison, "text", value))
        return
    if value is None:
        if comparison.operator not in ("=", "!="):
            raise ConditionError(_expected(comparison, kind, value))
        return
    if kind in ("reference", "map", "list"):
        raise ConditionError(f"{comparison.name} is not a recognized name.")
    given = _kind_of(value)
    # Some times are declared as text by the vendor, so a time may meet a text.
    if kind not in ("any", given) and (given, kind) != ("time", "text"):
        raise ConditionError(_expected(comparison, kind, value))


def _expected(comparison: Comparison, kind: str, value: Value) -> str:
    given = "null" if value is None else f"a {_WORDS[_kind_of(value)]}"
    return (
        f"Condition Syntax Error (Line 1, Character {comparison.character}) - "
        f"Expected a {_WORDS.get(kind, kind)} value, not {given} value."
    )


def _kind_of(value: Value) -> str:
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, datetime):
        return "time"
    return "number" if isinstance(value, int | float) else "text"


@lru_cache(maxsize=256)
def _like(pattern: str, dialect: Dialect) -> re.Pattern[str]:
    parts = []
    place = 0
    while place < len(pattern):
        sign = pattern[place]
        end = pattern.find("]", place + 2) if sign == "[" and dialect.has_sets else -1
        if end > 0:
            parts.append(_set_of_signs(pattern[place + 1 : end]))
            place = end
        elif sign == "_":
            parts.append(".")
        else:
            parts.append(".*" if sign in dialect.wildcards else re.escape(sign))
        place += 1
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


def _set_of_signs(inside: str) -> str:
    is_negated = inside.startswith("^") and len(inside) > 1
    body = inside[1:] if is_negated else inside
    parts = []
    place = 0
    while place < len(body):
        first, last = body[place], body[place + 2 : place + 3] if body[place + 1 : place + 2] == "-" else ""
        if last > first:
            parts.append(f"{re.escape(first)}-{re.escape(last)}")
            place += 3
        else:
            parts.append(re.escape(first))
            place += 1
    return f"[{'^' if is_negated else ''}{''.join(parts)}]"
