"""One run: every rule over the latest snapshots, into the ledger, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from msp_audit.audit.catalogue import BrokenRule, Catalogue
from msp_audit.audit.ledger import read_run
from msp_audit.audit.lifecycle import take_in
from msp_audit.audit.readiness import Readiness, SourceState, source_states
from msp_audit.audit.runner import Limits, Runner
from msp_audit.domain import Rule, RuleOutcome, RuleRun, Run
from msp_audit.settings import RuleSettings
from msp_audit.store import Database, Views, inspect

#: Told after each rule: its run, how many are done, how many there are.
RuleProgress = Callable[[RuleRun, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a run is held to."""

    as_of: datetime
    limits: Limits
    stale_after: timedelta
    settings: RuleSettings
    program_version: str


def judge(
    database: Database,
    *,
    catalogue: Catalogue,
    views: Views,
    sources: Iterable[str],
    terms: Terms,
    progress: RuleProgress | None = None,
) -> Run:
    """Judge all rules and keep the result; killed half way, nothing of it stays.

    *sources* are the configured ones, whether or not they could be read.
    """
    states = source_states(database, sources=sources, as_of=terms.as_of, stale_after=terms.stale_after)
    started_at = _now()
    runner = Runner(
        database,
        readiness=Readiness(states, views=views, database=database),
        as_of=terms.as_of,
        limits=terms.limits,
        settings=terms.settings,
    )
    # Judged outside the transaction, into a temporary table: a rule that fails must not abort the run.
    rule_runs = [_broken(rule) for rule in catalogue.broken]
    for rule in catalogue.rules:
        rule_runs.append(runner.judge(rule))
        if progress is not None:
            progress(rule_runs[-1], len(rule_runs), len(catalogue.rules) + len(catalogue.broken))
    with database.transaction():
        run_id = _begin(database, terms, states, started_at)
        _book_rules(database, run_id, catalogue, rule_runs)
        take_in(database, run_id=run_id, as_of=terms.as_of, rule_runs=rule_runs)
        database.execute(
            "update audit.runs set finished_at = $now where run_id = $run_id",
            {"now": _now(), "run_id": run_id},
        )
    return read_run(database, run_id)


def _begin(database: Database, terms: Terms, states: list[SourceState], started_at: datetime) -> int:
    run_id = int(database.query("select nextval('audit.run_ids')").scalar())
    database.execute(
        "insert into audit.runs select $run_id, $as_of, $now, null, count(*) = 0, $version from audit.runs",
        {"run_id": run_id, "as_of": terms.as_of, "now": started_at, "version": terms.program_version},
    )
    for state in states:
        database.execute(
            "insert into audit.run_sources select $run_id, $source, $snapshot_id, $read_at,"
            " $snapshot_id not in (select s.snapshot_id from audit.run_sources as s"
            " where s.snapshot_id is not null)",
            {
                "run_id": run_id,
                "source": state.source,
                "snapshot_id": state.snapshot_id,
                "read_at": state.read_at,
            },
        )
        for reading in state.readings:
            database.execute(_BOOK_RESOURCE, {
                "run_id": run_id,
                "snapshot_id": state.snapshot_id,
                "source": reading.source,
                "resource": reading.resource,
                "verdict": reading.verdict.value,
                "reason": reading.reason,
            })  # fmt: skip
    return run_id


_BOOK_RESOURCE = """
insert into audit.run_resources
select
    $run_id, readings.source, readings.resource, $verdict, $reason, readings.row_count, readings.server_count,
    readings.page_count, readings.request_count, readings.retry_count, readings.duplicate_count,
    readings.elapsed_seconds,
    (
        select max(snapshots.read_at)
        from audit.resource_readings as earlier
        join audit.snapshots as snapshots on earlier.snapshot_id = snapshots.snapshot_id
        where earlier.source = readings.source and earlier.resource = readings.resource
            and earlier.verdict = 'complete'
    )
from audit.resource_readings as readings
where readings.snapshot_id = $snapshot_id and readings.resource = $resource
"""


def _book_rules(database: Database, run_id: int, catalogue: Catalogue, rule_runs: list[RuleRun]) -> None:
    by_name = {rule.name: rule for rule in catalogue.rules}
    database.execute("delete from audit.rules")
    for rule in catalogue.rules:
        database.execute(
            "insert into audit.rules values ($rule, $theme, $title, $severity, $subject, $key, $parents,"
            " $why, $remedy, $source, $origin, $digest, $sql)",
            {
                "rule": rule.name,
                "theme": rule.theme,
                "title": rule.title,
                "severity": rule.severity.value,
                "subject": rule.subject,
                "key": list(rule.key),
                "parents": list(rule.parents),
                "why": rule.why,
                "remedy": rule.remedy,
                "source": rule.source,
                "origin": rule.origin,
                "digest": rule.digest,
                "sql": rule.sql,
            },
        )
        database.execute(
            "insert into audit.rule_versions values ($digest, $rule, $sql, $params, $run_id)"
            " on conflict do nothing",
            {
                "digest": rule.digest,
                "rule": rule.name,
                "sql": rule.sql,
                "params": json.dumps(dict(rule.params), default=str),
                "run_id": run_id,
            },
        )
    for rule_run in rule_runs:
        _book_rule_run(database, run_id, rule_run, by_name.get(rule_run.rule))


def _book_rule_run(database: Database, run_id: int, rule_run: RuleRun, rule: Rule | None) -> None:
    database.execute(
        "insert into audit.rule_runs values ($run_id, $rule, $outcome, $reason, $findings, $subject_count,"
        " $elapsed, $digest, $inputs)",
        {
            "run_id": run_id,
            "rule": rule_run.rule,
            "outcome": rule_run.outcome.value,
            "reason": rule_run.reason,
            "findings": rule_run.findings,
            "subject_count": rule_run.subject_count,
            "elapsed": rule_run.elapsed_seconds,
            "digest": rule.digest if rule else "",
            "inputs": sorted(inspect(rule.sql).relations) if rule else [],
        },
    )


def _broken(rule: BrokenRule) -> RuleRun:
    return RuleRun(rule=rule.name, outcome=RuleOutcome.FAILED, reason=rule.message)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
