"""Every shipped rule against its case files: the cases are data, and the name of a case is its claim."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from msp_audit.audit import load_catalogue
from msp_audit.audit.cases import RuleCase, judge_case, load_cases, problems_of
from msp_audit.domain import Rows, Rule, Severity
from msp_audit.settings import RuleSettings
from msp_audit.settings.auvik_vocabulary import DEVICE_CLASSES
from msp_audit.sqlfile import SqlFile, read_sql_file
from msp_audit.store import Database, empty_relations, inspect

CASES = Path(__file__).parent
RULES = Path(__file__).parents[2] / "msp_audit" / "rules"
CONTRACT = ("company_id", "entity_id", "entity_name", "reason")
HEADER = ("title", "severity", "subject", "key", "why", "remedy", "source")
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
class Claim:
    """A case and the rule that it is about."""

    rule: Rule
    case: RuleCase

    def __str__(self) -> str:
        return f"{self.rule.name}-{self.case.name}"

    def judge(self, database: Database, **changes: object) -> Rows:
        """The rows that the rule reports; *changes* replace parameters. The database stays empty."""
        case = replace(self.case, params={**self.case.params, **changes})
        return judge_case(database, self.rule, case)


def _claims_of(rule: str) -> list[Claim]:
    path = CASES.joinpath(*rule.split(".")).with_suffix(".toml")
    return [Claim(rule=CATALOGUE[rule], case=case) for case in load_cases(path)] if path.exists() else []


FILES = {
    file.name: file for file in (read_sql_file(path, root=RULES) for path in sorted(RULES.rglob("*.sql")))
}
CATALOGUE = {rule.name: rule for rule in load_catalogue(None, RuleSettings()).rules}
CLAIMS = [claim for rule in FILES for claim in _claims_of(rule)]
each_rule = pytest.mark.parametrize("rule", FILES.values(), ids=FILES.keys())
each_claim = pytest.mark.parametrize("claim", CLAIMS, ids=str)


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with empty_relations() as made:
        yield made


@each_claim
def test_a_case_holds(database: Database, claim: Claim) -> None:
    assert problems_of(database, claim.rule, claim.case) == ()


@each_claim
def test_a_case_gives_what_the_rule_reads_and_nothing_else(claim: Claim) -> None:
    assert set(claim.case.given) <= inspect(claim.rule.sql).relations
    assert set(claim.case.params) <= set(claim.rule.params)


@each_claim
def test_what_is_reported_has_a_key_of_its_own_and_a_sentence(database: Database, claim: Claim) -> None:
    found = claim.judge(database)
    key = [name if name in found.columns else "entity_id" for name in claim.rule.key]
    keys = [tuple(str(row[column]) for column in key) for row in found.records()]
    assert len(set(keys)) == len(keys)
    for row in found.records():
        assert None not in [row[column] for column in key]
        assert str(row["entity_name"]).strip()
        assert re.fullmatch(r"[A-Z].*[^.]\.", row["reason"]), row["reason"]


@each_claim
def test_the_order_of_the_records_changes_nothing(database: Database, claim: Claim) -> None:
    turned = {relation: list(reversed(records)) for relation, records in claim.case.given.items()}
    again = replace(claim, case=replace(claim.case, given=turned))
    assert sorted(claim.judge(database), key=repr) == sorted(again.judge(database), key=repr)


@each_claim
def test_a_missing_name_does_not_hide_a_finding(database: Database, claim: Claim) -> None:
    nameless = {
        relation: [{c: None if c in ("name", "company_name") else v for c, v in r.items()} for r in records]
        for relation, records in claim.case.given.items()
    }
    found = replace(claim, case=replace(claim.case, given=nameless)).judge(database)
    assert all(row["reason"] and row["entity_name"] for row in found.records())
    if claim.rule.name not in JUDGES_NAMES:
        assert len(found) == len(claim.case.expect)


@each_rule
def test_every_rule_is_proven_by_cases(rule: SqlFile) -> None:
    cases = [claim.case for claim in _claims_of(rule.name)]
    assert any(case.expect for case in cases), "no case flags"
    assert any(not case.expect for case in cases), "no case stays silent"
    bounded = {param for case in cases for param in case.boundary}
    # A pattern has no boundary.
    params = {name for name, value in rule.header.get("params", {}).items() if not isinstance(value, str)}
    assert bounded == params, "each parameter needs a case on its boundary"


@pytest.mark.parametrize(
    ("claim", "param"), [(claim, param) for claim in CLAIMS for param in claim.case.boundary], ids=str
)
def test_a_boundary_case_stands_on_the_boundary(database: Database, claim: Claim, param: str) -> None:
    value = {**claim.rule.params, **claim.case.params}[param]
    nudged = [not value] if isinstance(value, bool) else [value - 1, value + 1]
    here = sorted(claim.judge(database), key=repr)
    for other in nudged:
        there = sorted(claim.judge(database, **{param: other}), key=repr)
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
    found = judge_case(database, CATALOGUE[rule.name], RuleCase(name="empty"))
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


def test_the_rule_and_the_settings_know_the_same_device_classes(database: Database) -> None:
    rule = CATALOGUE["auvik.class_unknown"]
    in_the_rule = set(re.findall(r"'(\w+)'", rule.sql.partition("list_contains")[2]))
    assert in_the_rule == DEVICE_CLASSES
    devices: list[dict[str, object]] = [
        {"device_id": name, "device_type": name} for name in (*DEVICE_CLASSES, "toaster")
    ]
    options: list[dict[str, object]] = [{"is_enabled": True}]
    given = {"auvik.devices": devices, "auvik.sync_options": options}
    found = judge_case(database, rule, RuleCase(name="all", given=given))
    assert [row["device_type"] for row in found.records()] == ["toaster"]


def test_every_case_file_belongs_to_a_rule() -> None:
    files = {".".join(path.relative_to(CASES).with_suffix("").parts) for path in CASES.rglob("*.toml")}
    assert files == set(FILES)


def test_a_misspelt_column_in_a_case_is_an_error(database: Database) -> None:
    case = RuleCase(name="wrong", given={"automate.clients": [{"client_idd": 1}]})
    (problem,) = problems_of(database, CATALOGUE["sync.client_unsynced"], case)
    assert "client_idd" in problem


def test_a_broken_claim_is_told(database: Database) -> None:
    rule = CATALOGUE["sync.client_unsynced"]
    given = {"automate.clients": [{"client_id": 1, "name": "Vale"}]}
    missed = RuleCase(name="missed", given=given, expect=[{"entity_id": 2}])
    assert len(problems_of(database, rule, missed)) == 2, "not reported, and reported what must not be"
    unknown = RuleCase(name="unknown", given=given, expect=[{"client_no": 1}])
    assert "client_no" in problems_of(database, rule, unknown)[0]
