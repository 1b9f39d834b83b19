"""Why a finding is there: its story, and the rows its rule found, made again as things stood that day."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msp_audit.audit.past import Past
from msp_audit.audit.recall import rule_of_run
from msp_audit.domain import Record, Rows, Rule
from msp_audit.errors import StoreError
from msp_audit.store import Database, QueryFailed, Views, open_published
from msp_audit.store.database import quoted
from msp_audit.store.publication import PUBLISHED


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One finding with everything that is known of it."""

    #: The line of ``audit.findings``, after the latest run.
    finding: Record
    #: Its events, oldest first: run_id, occurred_at, event, cause, detail.
    events: Rows
    #: The rule as the run that saw it last judged it; None when that is kept no longer.
    rule: Rule | None
    #: The offending rows of that run, made again from the inventory of that day; None likewise.
    rows: Rows | None
    #: Why rule and rows are missing; else empty.
    note: str = ""


def explain(path: Path, finding: str, *, views: Views, memory_limit: str = "2GB") -> Explanation:
    """Explain the finding whose id is, or begins with, *finding*, from the published database *path*.

    Raises:
        StoreError: no finding, or more than one, has such an id.
    """
    with open_published(path, memory_limit=memory_limit) as database:
        line = _line(database, finding)
        events = database.query(
            f"select run_id, occurred_at, event, cause, detail from {PUBLISHED}.audit.finding_events"
            " where finding_id = $id order by run_id, event",
            {"id": line["finding_id"]},
        )
    try:
        with Past(path, views=views, when=line["last_seen_run_id"], memory_limit=memory_limit) as past:
            rule, rows = _again(past, line)
    except (StoreError, QueryFailed) as error:
        return Explanation(finding=line, events=events, rule=None, rows=None, note=str(error))
    return Explanation(finding=line, events=events, rule=rule, rows=rows)


def _line(database: Database, finding: str) -> Record:
    found = database.query(
        f"select * from {PUBLISHED}.audit.findings where starts_with(finding_id, $id)"
        " order by finding_id limit 2",
        {"id": finding.lower()},
    ).records()
    if len(found) == 1:
        return found[0]
    what = "More than one finding has an id that begins" if found else "No finding has an id that begins"
    raise StoreError(f"{what} with '{finding}'. 'msp-audit findings' lists them.")


def _again(past: Past, line: Record) -> tuple[Rule, Rows]:
    run_id = int(line["last_seen_run_id"])
    former = rule_of_run(past.database, rule=line["rule"], run_id=run_id, schema=f"{PUBLISHED}.audit")
    if former is None:
        raise StoreError(f"The text of {line['rule']} at run {run_id} was not kept.")
    rule = former.rule
    key: dict[str, Any] = json.loads(line["key"])
    seen = past.query(
        "select company_id from audit.findings where finding_id = $id", {"id": line["finding_id"]}
    )
    params = {**rule.params, **former.company_params.get(seen.scalar() or 0, {}), "as_of": past.moment.as_of}
    columns = past.query(f"select * from ({rule.sql}\n) as judged limit 0", params).columns
    conditions = " and ".join(
        f"cast(judged.{quoted(name if name in columns else 'entity_id')} as varchar) = $key_{place}"
        for place, name in enumerate(key)
    )
    values = {f"key_{place}": value for place, value in enumerate(key.values())}
    rows = past.query(f"select * from ({rule.sql}\n) as judged where {conditions}", {**params, **values})
    return rule, rows
