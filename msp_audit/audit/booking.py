"""Books a run: what was read, which rules there were and what became of each."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from msp_audit.audit.catalogue import Catalogue, company_params
from msp_audit.audit.readiness import SourceState
from msp_audit.domain import Rule, RuleRun
from msp_audit.settings import RuleSettings
from msp_audit.store import Database, inspect
from msp_audit.store.parts import ResourceName

_BOOK_RESOURCES = """
insert into audit.run_resources
select
    $run_id, readings.source, readings.resource, judged.verdict, judged.reason, readings.row_count,
    readings.server_count, readings.page_count, readings.request_count, readings.retry_count,
    readings.duplicate_count, readings.elapsed_seconds, complete.last_complete_at, judged.is_needed
from (
    select
        unnest($snapshot_ids::bigint[]) as snapshot_id, unnest($resources::varchar[]) as resource,
        unnest($verdicts::varchar[]) as verdict, unnest($reasons::varchar[]) as reason,
        unnest($needed::boolean[]) as is_needed
) as judged
join audit.resource_readings as readings
    on judged.snapshot_id = readings.snapshot_id and judged.resource = readings.resource
left join (
    select earlier.source, earlier.resource, max(snapshots.read_at) as last_complete_at
    from audit.resource_readings as earlier
    join audit.snapshots as snapshots on earlier.snapshot_id = snapshots.snapshot_id
    where earlier.verdict = 'complete'
    group by earlier.source, earlier.resource
) as complete
    on readings.source = complete.source and readings.resource = complete.resource
"""
_RULE_COLUMNS = {
    "rule": "varchar",
    "theme": "varchar",
    "title": "varchar",
    "severity": "varchar",
    "subject": "varchar",
    "key": "varchar[]",
    "parents": "varchar[]",
    "why": "varchar",
    "remedy": "varchar",
    "source": "varchar",
    "origin": "varchar",
    "digest": "varchar",
    "sql": "varchar",
}
_HISTORY_COLUMNS = {**_RULE_COLUMNS, "params": "varchar", "company_params": "varchar"}
_COMPARED = ", ".join(f"{{0}}.{name}" for name in _HISTORY_COLUMNS)
#: Said once: what the catalogue of this run has that the one before had not, and the other way round.
_RULE_EVENTS = """
insert into audit.rule_events
with before as (
    select history.* from audit.rule_history as history where history.to_run_id is null
),
paired as (
    select
        coalesce(now.rule, before.rule) as rule,
        case
            when before.rule is null then 'added'
            when now.rule is null then 'removed'
            when now.digest <> before.digest then 'changed'
            when now.severity <> before.severity then 'severity_changed'
        end as event,
        json_object(
            'digest', [before.digest, now.digest],
            'sql_changed', now.sql is distinct from before.sql,
            'params', [before.params, now.params::json],
            'company_params', [before.company_params, now.company_params::json],
            'key', [before.key, now.key],
            'severity', [before.severity, now.severity]
        ) as detail
    from catalogue_now as now
    full join before on now.rule = before.rule
    where coalesce(now.rule, before.rule) not in (select unnest($broken::varchar[]))
)
select $run_id, paired.rule, paired.event, $as_of, paired.detail
from paired
where paired.event is not null and not $is_first
order by paired.rule
"""
_END_RULES = f"""
update audit.rule_history as history
set to_run_id = $run_id
where history.to_run_id is null
    and history.rule not in (select unnest($broken::varchar[]))
    and not exists (
        select 1 from catalogue_now as now
        where row({_COMPARED.format("now")})::varchar = row({_COMPARED.format("history")})::varchar
    )
"""
_BEGIN_RULES = f"""
insert into audit.rule_history ({", ".join(_HISTORY_COLUMNS)}, from_run_id)
select {_COMPARED.format("now")}, $run_id
from catalogue_now as now
where now.rule not in (
    select history.rule from audit.rule_history as history where history.to_run_id is null
)
order by now.rule
"""


def begin_run(
    database: Database,
    *,
    as_of: datetime,
    started_at: datetime,
    program_version: str,
    states: Sequence[SourceState],
    needed: Collection[ResourceName],
) -> int:
    """Book a run and what it rests on, with whether any rule reads the list; returns the run's id."""
    run_id = int(database.query("select nextval('audit.run_ids')").scalar())
    database.execute(
        "insert into audit.runs select $run_id, $as_of, $now, null, count(*) = 0, $version from audit.runs",
        {"run_id": run_id, "as_of": as_of, "now": started_at, "version": program_version},
    )
    database.execute(
        "insert into audit.run_sources select $run_id, fresh.source, fresh.snapshot_id, fresh.read_at,"
        " fresh.snapshot_id not in (select used.snapshot_id from audit.run_sources as used"
        " where used.snapshot_id is not null)"
        " from (select unnest($sources::varchar[]) as source, unnest($ids::bigint[]) as snapshot_id,"
        " unnest($read::timestamp[]) as read_at) as fresh",
        {
            "run_id": run_id,
            "sources": [state.source for state in states],
            "ids": [state.snapshot_id for state in states],
            "read": [state.read_at for state in states],
        },
    )
    readings = [(state.snapshot_id, reading) for state in states for reading in state.readings]
    database.execute(
        _BOOK_RESOURCES,
        {
            "run_id": run_id,
            "snapshot_ids": [snapshot_id for snapshot_id, _ in readings],
            "resources": [reading.resource for _, reading in readings],
            "verdicts": [reading.verdict.value for _, reading in readings],
            "reasons": [reading.reason for _, reading in readings],
            "needed": [(reading.source, reading.resource) in needed for _, reading in readings],
        },
    )
    return run_id


def book_rules(
    database: Database, *, run_id: int, as_of: datetime, catalogue: Catalogue, settings: RuleSettings
) -> None:
    """Book the catalogue: what it says now, since when it says so, and what changed as events."""
    database.execute(
        "create or replace temp table catalogue_now ("
        + ", ".join(f"{name} {kind}" for name, kind in _HISTORY_COLUMNS.items())
        + ")"
    )
    rows = [_catalogue_row(rule, settings) for rule in catalogue.rules]
    database.insert_rows("catalogue_now", _HISTORY_COLUMNS, rows)
    database.execute(
        "delete from audit.rules; insert into audit.rules"
        f" select {', '.join(_RULE_COLUMNS)} from catalogue_now order by rule"
    )
    # A file that is broken today says nothing; its rule is neither removed nor changed.
    broken = [rule.name for rule in catalogue.broken]
    is_first = database.query("select is_first from audit.runs where run_id = $id", {"id": run_id}).scalar()
    params = {"run_id": run_id, "as_of": as_of, "broken": broken, "is_first": is_first}
    database.execute(_RULE_EVENTS, params)
    database.execute(_END_RULES, params)
    database.execute(_BEGIN_RULES, params)
    database.execute("drop table catalogue_now")


def book_rule_runs(
    database: Database, *, run_id: int, catalogue: Catalogue, rule_runs: Sequence[RuleRun]
) -> None:
    """Book what became of each rule."""
    by_name = {rule.name: rule for rule in catalogue.rules}
    rows = [_rule_run_row(run_id, rule_run, by_name.get(rule_run.rule)) for rule_run in rule_runs]
    columns = {
        "run_id": "bigint",
        "rule": "varchar",
        "outcome": "varchar",
        "reason": "varchar",
        "finding_count": "bigint",
        "subject_count": "bigint",
        "elapsed_seconds": "double",
        "digest": "varchar",
        "inputs": "varchar[]",
    }
    database.insert_rows("audit.rule_runs", columns, rows)


def _catalogue_row(rule: Rule, settings: RuleSettings) -> tuple[Any, ...]:
    overridden = {str(company): params for company, params in company_params(rule, settings).items()}
    return (
        rule.name,
        rule.theme,
        rule.title,
        rule.severity.value,
        rule.subject,
        list(rule.key),
        list(rule.parents),
        rule.why,
        rule.remedy,
        rule.source,
        rule.origin,
        rule.digest,
        rule.sql,
        json.dumps(dict(rule.params), default=str, sort_keys=True),
        json.dumps(overridden, default=str, sort_keys=True),
    )


def _rule_run_row(run_id: int, rule_run: RuleRun, rule: Rule | None) -> tuple[Any, ...]:
    return (
        run_id,
        rule_run.rule,
        rule_run.outcome.value,
        rule_run.reason,
        rule_run.findings,
        rule_run.subject_count,
        rule_run.elapsed_seconds,
        rule.digest if rule else "",
        sorted(inspect(rule.sql).relations) if rule else [],
    )
