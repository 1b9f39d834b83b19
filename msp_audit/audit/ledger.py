"""Reads the ledger back as the values that people hold: runs and findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from msp_audit.domain import (
    Detection,
    Finding,
    ResourceReading,
    Rows,
    RuleOutcome,
    RuleRun,
    Run,
    Severity,
    Triage,
    Verdict,
)

_FINDING_COLUMNS = (
    "finding_id, rule, severity, company_id, company_name, entity_id, entity_name, reason, detection, triage,"
    " first_seen_at, last_seen_at"
)
#: Findings that people are to see: not gone, not explained by another, not suppressed.
OPEN = "detection <> 'resolved' and parent_finding_id is null and triage <> 'suppressed'"
SEVERITY_ORDER = "list_position(['critical', 'high', 'medium', 'low', 'info'], severity)"


class Queries(Protocol):
    """A database, ours or the published copy."""

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> Rows:
        """Run one statement."""
        ...


def read_run(database: Queries, run_id: int) -> Run:
    """The run *run_id* with its totals."""
    params = {"run_id": run_id}
    as_of, is_first = database.query(
        "select as_of, is_first from audit.runs where run_id = $run_id", params
    ).rows[0]
    rule_runs = database.query(
        "select rule, outcome, reason, finding_count, subject_count, elapsed_seconds from audit.rule_runs"
        " where run_id = $run_id order by rule",
        params,
    )
    readings = database.query(
        "select source, resource, verdict, reason from audit.run_resources where run_id = $run_id"
        " order by source, resource",
        params,
    )
    totals = database.query(
        "select coalesce(sum(new_count), 0)::bigint, coalesce(sum(reopened_count), 0)::bigint,"
        " coalesce(sum(resolved_count), 0)::bigint, coalesce(sum(unchecked_count), 0)::bigint"
        " from audit.run_counts where run_id = $run_id",
        params,
    ).rows[0]
    by_severity = database.query(
        "select severity, sum(open_count)::bigint from audit.run_counts where run_id = $run_id"
        " group by severity",
        params,
    )
    return Run(
        run_id=run_id,
        as_of=as_of,
        is_first=is_first,
        rule_runs=tuple(_rule_run(row) for row in rule_runs),
        readings=tuple(
            ResourceReading(source=source, resource=resource, verdict=Verdict(verdict), reason=reason)
            for source, resource, verdict, reason in readings
        ),
        open_findings={Severity(severity): count for severity, count in by_severity if count},
        new=totals[0],
        reopened=totals[1],
        resolved=totals[2],
        unchecked=totals[3],
    )


def latest_run_id(database: Queries) -> int | None:
    """The last finished run; None when there is none yet."""
    found = database.query("select max(run_id) from audit.runs where finished_at is not null").scalar()
    return None if found is None else int(found)


def open_findings(database: Queries, *, where: str = "true") -> tuple[Finding, ...]:
    """Findings that are open and not folded under another, worst first."""
    rows = database.query(
        f"select {_FINDING_COLUMNS} from audit.findings where {OPEN} and ({where})"
        f" order by {SEVERITY_ORDER}, rule, company_name, entity_name, finding_id"
    )
    return tuple(_finding(row) for row in rows)


def _rule_run(row: tuple[Any, ...]) -> RuleRun:
    rule, outcome, reason, findings, subject_count, elapsed = row
    return RuleRun(
        rule=rule,
        outcome=RuleOutcome(outcome),
        reason=reason,
        findings=findings,
        subject_count=subject_count,
        elapsed_seconds=elapsed,
    )


def _finding(row: tuple[Any, ...]) -> Finding:
    return Finding(
        finding_id=row[0],
        rule=row[1],
        severity=Severity(row[2]),
        company_id=row[3],
        company_name=row[4],
        entity_id=row[5] or "",
        entity_name=row[6] or "",
        reason=row[7] or "",
        detection=Detection(row[8]),
        triage=Triage(row[9]),
        first_seen_at=row[10],
        last_seen_at=row[11],
    )
