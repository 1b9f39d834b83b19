"""Cases of rules: what is given, and what the rule must report of it; data beside the rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msp_audit.domain import Record, Rows, Rule
from msp_audit.errors import RuleError
from msp_audit.store import Database, QueryFailed
from msp_audit.tomlfile import read_toml

#: For cases of rules that do not look at the clock.
SOME_DAY = datetime(2026, 11, 2, 6)  # noqa: DTZ001  (times are UTC without a zone everywhere)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCase:
    """One claim about one rule; ``boundary`` names the parameters whose edge its rows stand on."""

    name: str
    given: Mapping[str, Sequence[Record]] = field(default_factory=dict)
    expect: Sequence[Record] = ()
    as_of: datetime = SOME_DAY
    params: Mapping[str, Any] = field(default_factory=dict)
    boundary: Sequence[str] = ()


def load_cases(path: Path) -> tuple[RuleCase, ...]:
    """The cases of a ``.toml`` file, one table each.

    Raises:
        RuleError: it cannot be read, or a table has a member that no case has.
    """
    try:
        tables = read_toml(path, kind=RuleError)
        return tuple(RuleCase(name=name, **_plain(table)) for name, table in tables.items())
    except FileNotFoundError as error:
        raise RuleError(f"{path} cannot be read ({error.strerror}).") from None
    except TypeError as error:
        raise RuleError(f"{path}: is no file of cases: {str(error)[:200]}.") from error


def judge_case(database: Database, rule: Rule, case: RuleCase) -> Rows:
    """What *rule* reports of what *case* gives; *database* has the relations, empty, and stays so.

    Raises:
        QueryFailed: a relation or column of the case does not exist, or the rule's SQL does not run.
    """
    database.execute("begin transaction")
    try:
        for relation, records in case.given.items():
            for record in records:
                columns = ", ".join(f'"{column}"' for column in record)
                values = ", ".join(f"${column}" for column in record)
                database.execute(f"insert into {relation} ({columns}) values ({values})", record)
        return database.query(rule.sql, {**rule.params, **case.params, "as_of": case.as_of})
    finally:
        database.execute("rollback")


def problems_of(database: Database, rule: Rule, case: RuleCase) -> tuple[str, ...]:
    """Sentences on how *rule* breaks the claim of *case*; none when it keeps it."""
    try:
        found = judge_case(database, rule, case)
    except QueryFailed as error:
        return (f"does not run: {error}",)
    left = found.records()
    problems = []
    for expected in sorted(case.expect, key=len, reverse=True):
        unknown = sorted(set(expected) - set(found.columns))
        hit = next((row for row in left if not unknown and _matches(row, expected)), None)
        if unknown:
            problems.append(f"the rule has no column {', '.join(unknown)}")
        elif hit is None:
            problems.append(f"not reported: {dict(expected)}")
        else:
            left.remove(hit)
    problems.extend(f"reported, and must not be: {row['entity_name']} ({row['reason']})" for row in left)
    return tuple(problems)


def _matches(row: Record, expected: Record) -> bool:
    return all(row[column] == value for column, value in expected.items())


def _plain(value: Any) -> Any:  # noqa: ANN401  (a member of a case holds anything)
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
