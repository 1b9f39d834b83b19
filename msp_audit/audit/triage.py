"""Applies what people decided: matches suppressions to findings, and brings back what has expired, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msp_audit.audit.suppressions import Suppression, matchers_of
from msp_audit.errors import SettingsError
from msp_audit.store import Database, QueryFailed, QueryTimeout

#: Seconds for one entry's condition over all findings.
_PREDICATE_SECONDS = 10.0
_COLUMNS = {
    "suppression_id": "varchar",
    "triage": "varchar",
    "finding": "varchar",
    "rule": "varchar",
    "company_id": "bigint",
    "predicate": "varchar",
    "author": "varchar",
    "reason": "varchar",
    "ends_on": "date",
}
#: What a condition sees of a finding.
_SEEN = {
    "finding_id": "varchar",
    "rule": "varchar",
    "key": "json",
    "severity": "varchar",
    "company_id": "bigint",
    "company_name": "varchar",
    "entity_id": "varchar",
    "entity_name": "varchar",
    "reason": "varchar",
    "evidence": "json",
    "detection": "varchar",
    "first_seen_at": "timestamp",
    "last_seen_at": "timestamp",
    "opened_at": "timestamp",
    "times_reopened": "integer",
}
_MATCH = """
create or replace temp table matches as
select findings.finding_id, entries.suppression_id, entries.triage, entries.ends_on, entries.is_expired
from audit.findings as findings
join (
    select rows.*, rows.ends_on < cast($as_of as date) as is_expired
    from suppression_entries as rows
) as entries
    on (entries.finding is null or starts_with(findings.finding_id, entries.finding))
        and (
            entries.rule is null or findings.rule = entries.rule
            or starts_with(findings.rule, entries.rule || '.')
        )
        and (entries.company_id is null or findings.company_id = entries.company_id)
left join satisfied
    on entries.suppression_id = satisfied.suppression_id and findings.finding_id = satisfied.finding_id
where findings.detection <> 'resolved'
    and (entries.predicate is null or satisfied.finding_id is not null)
"""
_DECIDE = """
create or replace temp table decisions as
select
    findings.finding_id, findings.rule, findings.triage as before, findings.triage_until as before_until,
    findings.suppression_id as before_id, coalesce(best.triage, 'none') as triage,
    best.suppression_id, best.ends_on
from audit.findings as findings
left join (
    select matches.*
    from matches
    where not matches.is_expired
    qualify row_number() over (
        partition by matches.finding_id
        order by matches.triage = 'suppressed' desc, matches.ends_on desc, matches.suppression_id
    ) = 1
) as best on findings.finding_id = best.finding_id
where findings.detection <> 'resolved'
    and row(findings.triage, findings.suppression_id, findings.triage_until)
        is distinct from row(coalesce(best.triage, 'none'), best.suppression_id, best.ends_on)
"""
_EVENTS = """
insert into events
select
    decisions.finding_id, decisions.rule,
    case
        when decisions.triage <> 'none' then decisions.triage
        when decisions.before_until < cast($as_of as date) then 'suppression_expired'
        else 'unsuppressed'
    end,
    json_object(
        'suppression', coalesce(decisions.suppression_id, decisions.before_id),
        'until', coalesce(decisions.ends_on, decisions.before_until),
        'author', entries.author, 'reason', entries.reason
    ),
    'people'
from decisions
left join suppression_entries as entries
    on coalesce(decisions.suppression_id, decisions.before_id) = entries.suppression_id
where decisions.before <> decisions.triage
"""
_UPDATE = """
update audit.findings as findings
set
    triage = decisions.triage, suppression_id = decisions.suppression_id, triage_until = decisions.ends_on
from decisions
where findings.finding_id = decisions.finding_id
"""
_BOOK = """
insert into audit.suppressions
select
    $run_id, entries.suppression_id, entries.triage, entries.finding, entries.rule, entries.company_id,
    entries.predicate, entries.author, entries.reason, entries.ends_on,
    entries.ends_on < cast($as_of as date),
    entries.ends_on between cast($as_of as date) and cast($as_of as date) + $soon_days::integer,
    (select count(*) from matches where matches.suppression_id = entries.suppression_id)
from suppression_entries as entries
order by entries.suppression_id
"""


def apply_triage(
    database: Database, *, run_id: int, as_of: datetime, suppressions: Sequence[Suppression], soon_days: int
) -> None:
    """Set the triage of every finding that is not resolved, with an event where it changes.

    Raises:
        SettingsError: an entry's condition does not run.
    """
    if not suppressions and not _has_triaged(database):
        return
    listed = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
    database.execute(f"create or replace temp table suppression_entries ({listed})")
    database.insert_rows("suppression_entries", _COLUMNS, matchers_of(suppressions))
    _satisfy(database, suppressions)
    params = {"run_id": run_id, "as_of": as_of, "soon_days": soon_days}
    for statement in (_MATCH, _DECIDE, _EVENTS, _UPDATE, _BOOK):
        database.execute(statement, params)
    database.execute(
        "drop table suppression_entries; drop table satisfied; drop table matches; drop table decisions"
    )


def _has_triaged(database: Database) -> bool:
    triaged = "select 1 from audit.findings where triage <> 'none' and detection <> 'resolved' limit 1"
    return len(database.query(triaged)) > 0


def _satisfy(database: Database, suppressions: Sequence[Suppression]) -> None:
    """Which findings satisfy which condition, asked in a database that holds nothing else."""
    database.execute("create or replace temp table satisfied (suppression_id varchar, finding_id varchar)")
    conditions = {entry.suppression_id: entry.where for entry in suppressions if entry.where is not None}
    if not conditions:
        return
    names = ", ".join(_SEEN)
    findings = database.query(f"select {names} from audit.findings where detection <> 'resolved'")
    with Database.open(None, memory_limit="512MB") as apart:
        listed = ", ".join(f"{name} {kind}" for name, kind in _SEEN.items())
        apart.execute(f"create table findings ({listed})")
        apart.insert_rows("findings", _SEEN, findings.rows)
        apart.execute("set enable_external_access = false; set lock_configuration = true")
        for suppression_id, condition in sorted(conditions.items()):
            found = _matching(apart, condition)
            database.insert_rows(
                "satisfied",
                {"suppression_id": "varchar", "finding_id": "varchar"},
                [(suppression_id, finding_id) for finding_id in found],
            )


def _matching(apart: Database, condition: str) -> list[str]:
    try:
        with apart.deadline(_PREDICATE_SECONDS):
            rows = apart.query(f"select findings.finding_id from findings where ({condition}\n)")
    except QueryTimeout:
        raise SettingsError(
            f"suppressions.toml: the condition {condition!r} took longer than {_PREDICATE_SECONDS:g} s."
        ) from None
    except QueryFailed as error:
        raise SettingsError(f"suppressions.toml: the condition {condition!r} does not run: {error}") from None
    return [str(finding_id) for (finding_id,) in rows]
