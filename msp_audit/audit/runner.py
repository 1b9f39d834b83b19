"""Runs one rule and brings its rows into the shape of findings; knows nothing of earlier runs."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msp_audit.audit.catalogue import company_params
from msp_audit.audit.readiness import Grounds, Readiness
from msp_audit.audit.recall import MONITORED_BY, FormerRule
from msp_audit.domain import Rule, RuleOutcome, RuleRun
from msp_audit.settings import RuleSettings
from msp_audit.store import Database, QueryFailed, QueryTimeout, inspect
from msp_audit.store.database import dotted, quoted, text_literal

CONTRACT = ("company_id", "entity_id", "entity_name", "reason")
#: Findings of the run at hand, all rules together, before the ledger takes them in.
OBSERVED = """
create or replace temp table {table} (
    finding_id varchar, rule varchar, key json, severity varchar, company_id bigint, entity_id varchar,
    entity_name varchar, reason varchar, evidence json, parent_ids varchar[]
)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one rule may cost."""

    seconds: float
    max_findings: int


class Runner:
    """Judges rules one after the other against the typed tables of a database."""

    def __init__(
        self,
        database: Database,
        *,
        readiness: Readiness,
        as_of: datetime,
        limits: Limits,
        settings: RuleSettings,
    ) -> None:
        self._database = database
        self._readiness = readiness
        self._as_of = as_of
        self._limits = limits
        self._settings = settings
        database.execute(OBSERVED.format(table="observed"))
        database.execute("create or replace temp table recalled (finding_id varchar)")

    def judge(self, rule: Rule) -> RuleRun:
        """Put the rows of *rule* into the table ``observed`` and say what became of it."""
        started = time.monotonic()
        grounds = self._grounds(rule)
        if obstacle := grounds.obstacle or self._readiness.missing_column(rule):
            return RuleRun(rule=rule.name, outcome=RuleOutcome.NOT_EVALUATED, reason=obstacle)
        if rule.tool_reports is not None and not grounds.tools:
            return RuleRun(rule=rule.name, outcome=RuleOutcome.EVALUATED, subject_count=0)
        try:
            with self._database.deadline(self._limits.seconds):
                found = self._observe(rule, company_params(rule, self._settings), tools=grounds.tools)
            subject_count = self._subject_count(rule)
        except QueryTimeout:
            reason = f"{rule.path}: took longer than {self._limits.seconds:g} s (store.rule_seconds)."
            return RuleRun(rule=rule.name, outcome=RuleOutcome.FAILED, reason=reason)
        except QueryFailed as error:
            return RuleRun(rule=rule.name, outcome=RuleOutcome.FAILED, reason=f"{rule.path}: {error}")
        cuts = [f"judged without some tools: {' '.join(grounds.gaps)}"] if grounds.gaps else []
        if found > self._limits.max_findings:
            cuts.append(f"more than {self._limits.max_findings:,} rows; the rest was not stored.")
        return RuleRun(
            rule=rule.name,
            outcome=RuleOutcome.TRUNCATED if cuts else RuleOutcome.EVALUATED,
            reason=" ".join(cuts),
            findings=min(found, self._limits.max_findings),
            subject_count=subject_count,
            elapsed_seconds=time.monotonic() - started,
        )

    def _grounds(self, rule: Rule) -> Grounds:
        relations = {*inspect(rule.sql).relations, rule.subject} - {""}
        if rule.tool_reports is not None:
            return self._readiness.grounds(relations, needs=rule.tool_reports)
        return Grounds(obstacle=self._readiness.obstacle(relations))

    def recall(self, former: FormerRule | None) -> bool:
        """Put what the rule's former text would find today into ``recalled``; whether it could be asked."""
        if former is None:
            # The rule is new: its former text would have found nothing.
            return True
        try:
            self._database.execute(OBSERVED.format(table="observed_formerly"))
            with self._database.deadline(self._limits.seconds):
                tools = self._grounds(former.rule).tools
                found = self._observe(
                    former.rule, former.company_params, tools=tools, table="observed_formerly"
                )
            self._database.execute(
                "insert into recalled select finding_id from observed_formerly; drop table observed_formerly"
            )
        except QueryFailed:
            return False
        return found <= self._limits.max_findings

    def _observe(
        self,
        rule: Rule,
        overridden: Mapping[int, Mapping[str, Any]],
        *,
        tools: Sequence[str],
        table: str = "observed",
    ) -> int:
        listed = ", ".join(str(int(company)) for company in overridden)
        ours = f"(company_id is null or company_id not in ({listed}))" if listed else "true"
        judged = "true"
        if rule.tool_reports is not None:
            judged = f"{MONITORED_BY} in ({', '.join(map(text_literal, tools))})"
        self._rows(rule, rule.params, f"{ours} and {judged}")
        self._database.execute("create or replace temp table rule_rows as from one_variant")
        for company, params in sorted(overridden.items()):
            self._rows(rule, params, f"company_id = {int(company)} and {judged}")
            self._database.execute("insert into rule_rows from one_variant")
        return self._stage(rule, table)

    def _rows(self, rule: Rule, params: Mapping[str, Any], condition: str) -> None:
        self._database.execute(
            f"create or replace temp table one_variant as select * from ({rule.sql}\n) as variant"
            f" where {condition} limit {self._limits.max_findings + 1}",
            {**params, "as_of": self._as_of},
        )

    def _stage(self, rule: Rule, table: str) -> int:
        columns = self._database.query("select * from rule_rows limit 0").columns
        if columns[:4] != CONTRACT:
            raise QueryFailed(
                f"its first four columns must be {', '.join(CONTRACT)}; they are {columns[:4]}."
            )
        key = _key_columns(rule, columns)
        key_json = _json_object({name: f"cast({quoted(column)} as varchar)" for name, column in key.items()})
        evidence = _json_object({name: quoted(name) for name in columns[4:]})
        null_keys = self._database.query(
            "select count(*) from rule_rows where "
            + " or ".join(f"{quoted(column)} is null" for column in key.values())
        ).scalar()
        if null_keys:
            raise QueryFailed(f"{null_keys} rows have no value in the key {list(key)}.")
        self._database.execute(
            f"""
            insert into {table}
            with shaped as (
                select
                    {finding_id("$rule", key_json)} as finding_id, {key_json} as key,
                    try_cast(company_id as bigint) as company_id, cast(entity_id as varchar) as entity_id,
                    cast(entity_name as varchar) as entity_name, cast(reason as varchar) as reason,
                    {evidence} as evidence, {self._parent_ids(rule, columns)} as parent_ids
                from rule_rows
            )
            select
                shaped.finding_id, $rule, shaped.key, $severity, shaped.company_id, shaped.entity_id,
                shaped.entity_name, shaped.reason, shaped.evidence, shaped.parent_ids
            from shaped
            qualify row_number() over (
                partition by shaped.finding_id order by shaped.company_id, cast(shaped.evidence as varchar)
            ) = 1
            order by shaped.finding_id
            limit {self._limits.max_findings}
            """,
            {"rule": rule.name, "severity": rule.severity.value},
        )
        rows = int(self._database.query("select count(*) from rule_rows").scalar())
        kept = int(
            self._database.query(
                f"select count(*) from {table} where rule = $rule", {"rule": rule.name}
            ).scalar()
        )
        self._database.execute("drop table rule_rows; drop table one_variant")
        return rows if rows > self._limits.max_findings else kept

    def _parent_ids(self, rule: Rule, columns: tuple[str, ...]) -> str:
        ids = []
        for parent in rule.parents:
            name, _, column = parent.rpartition(".")
            if column not in columns:
                raise QueryFailed(f"its parent is {parent}, so it must output the column {column}.")
            key_json = _json_object({column: f"cast({quoted(column)} as varchar)"})
            ids.append(finding_id(f"'{name}'", key_json))
        return f"[{', '.join(ids)}]" if ids else "[]::varchar[]"

    def _subject_count(self, rule: Rule) -> int | None:
        if not rule.subject:
            return None
        return int(self._database.query(f"select count(*) from {dotted(rule.subject)}").scalar())


def finding_id(rule: str, key_json: str) -> str:
    """SQL for the identity of a finding: rule and key, nothing else."""
    return f"left(sha256({rule} || '|' || cast({key_json} as varchar)), 16)"


def _key_columns(rule: Rule, columns: tuple[str, ...]) -> dict[str, str]:
    """Key name to output column; entity_id stands for the one that is not an output column."""
    missing = [name for name in rule.key if name not in columns]
    if len(missing) > 1:
        raise QueryFailed(f"its key names columns that it does not output: {', '.join(missing)}.")
    return {name: name if name in columns else "entity_id" for name in rule.key}


def _json_object(members: Mapping[str, str]) -> str:
    pairs = ", ".join(f"'{name.replace(chr(39), chr(39) * 2)}', {value}" for name, value in members.items())
    return f"json_object({pairs})"
