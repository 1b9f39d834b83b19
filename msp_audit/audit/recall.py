"""Rules as they were when last judged, to tell what a changed rule did from what drifted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from msp_audit.audit.catalogue import Catalogue
from msp_audit.domain import Rule, Severity
from msp_audit.store import Database

_LAST_JUDGED = """
select judged.rule, judged.digest, history.sql, history.key, history.params, history.company_params
from (
    select rule_runs.rule, arg_max(rule_runs.digest, rule_runs.run_id) as digest
    from audit.rule_runs as rule_runs
    where rule_runs.outcome in ('evaluated', 'truncated')
    group by rule_runs.rule
) as judged
left join audit.rule_history as history
    on judged.rule = history.rule and judged.digest = history.digest
qualify row_number() over (partition by judged.rule order by history.from_run_id desc) = 1
"""
_OF_RUN = """
select history.title, history.severity, history.subject, history.key, history.parents, history.why,
    history.remedy, history.source, history.params, history.company_params, history.sql, history.origin,
    history.digest
from {schema}.rule_history as history
where history.rule = $rule and history.from_run_id <= $run_id
    and (history.to_run_id is null or history.to_run_id > $run_id)
"""

#: The column in which a rule that judges tool by tool says whose an asset is.
MONITORED_BY = "monitored_by"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerRule:
    """A rule as it stood, with the parameters that single companies had."""

    rule: Rule
    company_params: Mapping[int, Mapping[str, Any]]


def former_rules(database: Database, catalogue: Catalogue) -> dict[str, FormerRule | None]:
    """Rules that now say something else than when they were last judged; None for one that is new.

    On the first run nothing is new against anything.
    """
    if not database.query("select exists (select 1 from audit.runs)").scalar():
        return {}
    judged = {row[0]: row[1:] for row in database.query(_LAST_JUDGED)}
    former: dict[str, FormerRule | None] = {}
    for rule in catalogue.rules:
        known = judged.get(rule.name)
        if known is None:
            former[rule.name] = None
        elif known[0] != rule.digest and known[1] is not None:
            former[rule.name] = _former(rule, sql=known[1], key=known[2], params=known[3], others=known[4])
    return former


def rule_of_run(database: Database, *, rule: str, run_id: int, schema: str = "audit") -> FormerRule | None:
    """The rule called *rule* as run *run_id* judged it; None when it was not kept."""
    rows = database.query(_OF_RUN.format(schema=schema), {"rule": rule, "run_id": run_id})
    for row in rows:
        title, severity, subject, key, parents, why, remedy, source, params, others, sql, origin, digest = row
        made = Rule(
            name=rule,
            title=title,
            severity=Severity(severity),
            subject=subject,
            key=tuple(key),
            parents=tuple(parents),
            why=why,
            remedy=remedy,
            source=source,
            params={},
            sql=sql,
            path=Path(),
            origin=origin,
            digest=digest,
        )
        return _former(made, sql=sql, key=key, params=params, others=others)
    return None


def _former(rule: Rule, *, sql: str, key: list[str], params: str, others: str) -> FormerRule:
    overridden = {int(company): values for company, values in json.loads(others).items()}
    return FormerRule(
        rule=replace(
            rule,
            sql=sql,
            key=tuple(key),
            params=json.loads(params),
            tool_reports=rule.tool_reports if MONITORED_BY in sql else None,
        ),
        company_params=overridden,
    )
