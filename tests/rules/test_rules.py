"""Every shipped rule against its case files: the cases are data, and the name of a case is its claim."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from msp_audit.domain import Record, Rows, Severity
from msp_audit.sqlfile import SqlFile, read_sql_file
from msp_audit.store import Database, empty_relations, inspect

CASES = Path(__file__).parent
RULES = Path(__file__).parents[2] / "msp_audit" / "rules"
CONTRACT = ("company_id", "entity_id", "entity_name", "reason")
HEADER = ("title", "severity", "subject", "key", "why", "remedy", "source")
#: For cases of rules that do not look at the clock.
SOME_DAY = datetime(2026, 11, 2, 6)
#: Rules whose judgement is about a name; without it there is nothing to judge.
JUDGES_NAMES = {
    "auvik.class_type_gone",
    "auvik.make_target_gone",
    "auvik.question_required",
    "auvik.field_question_missing",
    "auvik.tenant_name_unlike",
    "auvik.warranty_into_date_question",
    "coverage.retired_computer_active",
    "hygiene.company_twin",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One claim about one rule; ``boundary`` names the parameters whose edge its rows stand on."""

    rule: str
    name: str
    as_of: datetime
    given: Mapping[str, Sequence[Record]]
    expect: Sequence[Record]
    params: Mapping[str, Any] = field(default_factory=dict)
    boundary: Sequence[str] = ()


def _plain(value: Any) -> Any:
    """A time of a case file as the store holds it: UTC without a zone."""
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _cases_of(rule: str) -> list[Case]:
    path = CASES.joinpath(*rule.split(".")).with_suffix(".toml")
    if not path.exists():
        return []
    tables = _plain(tomllib.loads(path.read_text(encoding="utf-8")))
    return [Case(rule=rule, name=name, **{"as_of": SOME_DAY, **table}) for name, table in tables.items()]


FILES = {
    file.name: file for file in (read_sql_file(path, root=RULES) for path in sorted(RULES.rglob("*.sql")))
}
ALL_CASES = [case for rule in FILES for case in _cases_of(rule)]
each_rule = pytest.mark.parametrize("rule", FILES.values(), ids=FILES.keys())
each_case = pytest.mark.parametrize("case", ALL_CASES, ids=lambda case: f"{case.rule}-{case.name}")


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with empty_relations() as made:
        yield made


def judge(database: Database, case: Case, **changes: int) -> Rows:
    """The rows that the rule of *case* reports; *changes* replace parameters. The database stays empty."""
    rule = FILES[case.rule]
    params = {**rule.header.get("params", {}), **case.params, **changes, "as_of": case.as_of}
    database.execute("begin transaction")
    try:
        for relation, records in case.given.items():
            for record in records:
                columns = ", ".join(f'"{column}"' for column in record)
                values = ", ".join(f"${column}" for column in record)
                database.execute(f"insert into {relation} ({columns}) values ({values})", record)
        return database.query(rule.sql, params)
    finally:
        database.execute("rollback")


def _matches(row: Record, expected: Record) -> bool:
    return all(row[column] == value for column, value in expected.items())


@each_case
def test_a_case_holds(database: Database, case: Case) -> None:
    found = judge(database, case)
    unexpected = found.records()
    for expected in sorted(case.expect, key=len, reverse=True):
        unknown = set(expected) - set(found.columns)
        assert not unknown, f"the rule has no column {', '.join(unknown)}"
        hit = next((row for row in unexpected if _matches(row, expected)), None)
        assert hit is not None, f"not reported: {expected}; left are {unexpected}"
        unexpected.remove(hit)
    assert unexpected == []


@each_case
def test_a_case_gives_what_the_rule_reads_and_nothing_else(case: Case) -> None:
    assert set(case.given) <= inspect(FILES[case.rule].sql).relations
    assert set(case.params) <= set(FILES[case.rule].header.get("params", {}))


@each_case
def test_what_is_reported_has_a_key_of_its_own_and_a_sentence(database: Database, case: Case) -> None:
    found = judge(database, case)
    key = [name if name in found.columns else "entity_id" for name in FILES[case.rule].header["key"]]
    keys = [tuple(str(row[column]) for column in key) for row in found.records()]
    assert len(set(keys)) == len(keys)
    for row in found.records():
        assert None not in [row[column] for column in key]
        assert str(row["entity_name"]).strip()
        assert re.fullmatch(r"[A-Z].*[^.]\.", row["reason"]), row["reason"]


@each_case
def test_the_order_of_the_records_changes_nothing(database: Database, case: Case) -> None:
    turned = {relation: list(reversed(records)) for relation, records in case.given.items()}
    again = replace(case, given=turned)
    assert sorted(judge(database, case), key=repr) == sorted(judge(database, again), key=repr)


@each_case
def test_a_missing_name_does_not_hide_a_finding(database: Database, case: Case) -> None:
    nameless = {
        relation: [{c: None if c in ("name", "company_name") else v for c, v in r.items()} for r in records]
        for relation, records in case.given.items()
    }
    blind = replace(case, given=nameless)
    found = judge(database, blind)
    assert all(row["reason"] and row["entity_name"] for row in found.records())
    if case.rule not in JUDGES_NAMES:
        assert len(found) == len(case.expect)


@each_rule
def test_every_rule_is_proven_by_cases(rule: SqlFile) -> None:
    cases = _cases_of(rule.name)
    assert any(case.expect for case in cases), "no case flags"
    assert any(not case.expect for case in cases), "no case stays silent"
    bounded = {param for case in cases for param in case.boundary}
    # A pattern has no boundary.
    params = {name for name, value in rule.header.get("params", {}).items() if not isinstance(value, str)}
    assert bounded == params, "each parameter needs a case on its boundary"


@pytest.mark.parametrize(
    ("case", "param"),
    [(case, param) for case in ALL_CASES for param in case.boundary],
    ids=lambda value: f"{value.rule}-{value.name}" if isinstance(value, Case) else str(value),
)
def test_a_boundary_case_stands_on_the_boundary(database: Database, case: Case, param: str) -> None:
    value = {**FILES[case.rule].header["params"], **case.params}[param]
    nudged = [not value] if isinstance(value, bool) else [value - 1, value + 1]
    here = sorted(judge(database, case), key=repr)
    for other in nudged:
        there = sorted(judge(database, case, **{param: other}), key=repr)
        assert there != here, f"{param} = {other} is the same"


@each_rule
def test_a_header_is_complete(rule: SqlFile) -> None:
    assert [name for name in HEADER if not rule.header.get(name)] == []
    assert rule.header["severity"] in list(Severity)
    assert not rule.header["title"].endswith(".")
    for sentence in ("why", "remedy"):
        assert re.fullmatch(r"[A-Z].*\.", rule.header[sentence])
    assert set(rule.header.get("params", {})) == inspect(rule.sql).params - {"as_of"}


@each_rule
def test_the_columns_keep_the_contract(database: Database, rule: SqlFile) -> None:
    case = Case(rule=rule.name, name="empty", as_of=SOME_DAY, given={}, expect=[])
    found = judge(database, case)
    assert found.columns[:4] == CONTRACT
    assert found.types[0] == "BIGINT"
    assert found.types[2:4] == ("VARCHAR", "VARCHAR")
    assert len(set(found.columns)) == len(found.columns)
    assert len([name for name in rule.header["key"] if name not in found.columns]) <= 1
    parent = rule.header.get("parent")
    assert parent is None or parent.rpartition(".")[2] in found.columns


@each_rule
def test_a_parent_is_a_rule_with_that_key(rule: SqlFile) -> None:
    if parent := rule.header.get("parent"):
        name, _, column = parent.rpartition(".")
        assert FILES[name].header["key"] == [column]


@each_rule
def test_a_subject_is_a_relation_that_the_rule_reads(rule: SqlFile) -> None:
    assert rule.header["subject"] in inspect(rule.sql).relations


@each_rule
def test_the_query_has_no_clock_of_its_own_and_names_its_columns(rule: SqlFile) -> None:
    assert not re.search(r"\bnow\s*\(|\bcurrent_(date|time|timestamp)\b|\btoday\s*\(", rule.sql)
    assert not re.search(r"\bselect\s+(\w+\.)?\*", rule.sql)


def test_every_case_file_belongs_to_a_rule() -> None:
    files = {".".join(path.relative_to(CASES).with_suffix("").parts) for path in CASES.rglob("*.toml")}
    assert files == set(FILES)


def test_a_misspelt_column_in_a_case_is_an_error(database: Database) -> None:
    wrong = {"automate.clients": [{"client_idd": 1}]}
    case = Case(rule="sync.client_unsynced", name="wrong", as_of=SOME_DAY, given=wrong, expect=[])
    with pytest.raises(Exception, match="client_idd"):
        judge(database, case)
