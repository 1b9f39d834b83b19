"""One run: every rule over the latest snapshots, into the ledger, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from msp_audit.audit.booking import begin_run, book_rule_runs, book_rules
from msp_audit.audit.catalogue import BrokenRule, Catalogue
from msp_audit.audit.ledger import read_run
from msp_audit.audit.lifecycle import take_in
from msp_audit.audit.readiness import Readiness, source_states
from msp_audit.audit.recall import former_rules
from msp_audit.audit.runner import Limits, Runner
from msp_audit.audit.suppressions import Suppression
from msp_audit.domain import RuleOutcome, RuleRun, Run
from msp_audit.settings import RuleSettings
from msp_audit.store import Database, Views, inspect
from msp_audit.store.parts import ResourceName

#: Told after each rule: its run, how many are done, how many there are.
RuleProgress = Callable[[RuleRun, int, int], None]
_JUDGED = (RuleOutcome.EVALUATED, RuleOutcome.TRUNCATED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a run is held to."""

    as_of: datetime
    limits: Limits
    stale_after: timedelta
    settings: RuleSettings
    program_version: str
    suppressions: Sequence[Suppression] = ()
    #: How near the end of a suppression is told.
    soon_days: int = 14


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
    sources = tuple(sources)
    states = source_states(database, sources=sources, as_of=terms.as_of, stale_after=terms.stale_after)
    started_at = _now()
    runner = Runner(
        database,
        readiness=Readiness(states, views=views, database=database, sources=sources),
        as_of=terms.as_of,
        limits=terms.limits,
        settings=terms.settings,
    )
    # Judged outside the transaction, into a temporary table: a rule that fails must not abort the run.
    rule_runs = [_broken(rule) for rule in catalogue.broken]
    former = former_rules(database, catalogue)
    recalls: dict[str, bool] = {}
    for rule in catalogue.rules:
        rule_runs.append(runner.judge(rule))
        if rule.name in former and rule_runs[-1].outcome in _JUDGED:
            recalls[rule.name] = runner.recall(former[rule.name])
        if progress is not None:
            progress(rule_runs[-1], len(rule_runs), len(catalogue.rules) + len(catalogue.broken))
    with database.transaction():
        run_id = begin_run(
            database,
            as_of=terms.as_of,
            started_at=started_at,
            program_version=terms.program_version,
            states=states,
            needed=_needed(catalogue, views),
        )
        book_rules(database, run_id=run_id, as_of=terms.as_of, catalogue=catalogue, settings=terms.settings)
        book_rule_runs(database, run_id=run_id, catalogue=catalogue, rule_runs=rule_runs)
        take_in(
            database,
            run_id=run_id,
            as_of=terms.as_of,
            rule_runs=rule_runs,
            recalls=recalls,
            suppressions=terms.suppressions,
            soon_days=terms.soon_days,
        )
        database.execute(
            "update audit.runs set finished_at = $now where run_id = $run_id",
            {"now": _now(), "run_id": run_id},
        )
    return read_run(database, run_id)


def _needed(catalogue: Catalogue, views: Views) -> frozenset[ResourceName]:
    """The lists that any rule reads."""
    relations = {name for rule in catalogue.rules for name in {rule.subject, *inspect(rule.sql).relations}}
    return frozenset().union(*(views.resources_of(name) for name in relations))


def _broken(rule: BrokenRule) -> RuleRun:
    return RuleRun(rule=rule.name, outcome=RuleOutcome.FAILED, reason=rule.message)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
