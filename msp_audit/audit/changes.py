"""What changed on findings that stayed: severity, company, evidence, and whom they are folded under."""

from __future__ import annotations

from msp_audit.store import Database

_SEVERITY = """
insert into events
select
    observed.finding_id, observed.rule, 'severity_changed',
    json_object('from', findings.severity, 'to', observed.severity), 'rule'
from named as observed
join audit.findings as findings on observed.finding_id = findings.finding_id
where findings.severity <> observed.severity
"""
_COMPANY = """
insert into events
select
    observed.finding_id, observed.rule, 'company_moved',
    json_object(
        'from', findings.company_id, 'from_name', findings.company_name,
        'to', observed.company_id, 'to_name', observed.company_name
    ),
    case when judged.is_changed then 'rule' else 'data' end
from named as observed
join audit.findings as findings on observed.finding_id = findings.finding_id
join judged on observed.rule = judged.rule
where findings.company_id is distinct from observed.company_id
"""
#: ``{"column": [before, after]}`` of the columns that differ; null where there is no such column.
_EVIDENCE = """
insert into events
with changed as (
    select
        observed.finding_id, observed.rule, findings.evidence as before, observed.evidence as after,
        judged.is_changed
    from named as observed
    join audit.findings as findings on observed.finding_id = findings.finding_id
    join judged on observed.rule = judged.rule
    where findings.evidence::varchar <> observed.evidence::varchar
),
members as (
    select
        changed.finding_id, changed.rule, changed.is_changed, changed.before, changed.after,
        unnest(list_sort(list_distinct(json_keys(changed.before) || json_keys(changed.after)))) as member
    from changed
),
compared as (
    select
        members.finding_id, members.rule, members.is_changed, members.member,
        json_extract(members.before, '$."' || members.member || '"') as before,
        json_extract(members.after, '$."' || members.member || '"') as after
    from members
)
select
    compared.finding_id, any_value(compared.rule), 'evidence_changed',
    json_group_object(compared.member, json_array(compared.before, compared.after)),
    case when any_value(compared.is_changed) then 'rule' else 'data' end
from compared
where compared.before::varchar is distinct from compared.after::varchar
group by compared.finding_id
"""
_BEFORE = """
create or replace temp table before_run as
select findings.finding_id, findings.parent_finding_id, findings.detection
from audit.findings as findings
where findings.detection <> 'resolved'
"""
_FOLDS = """
insert into events
select
    findings.finding_id, findings.rule,
    case when findings.parent_finding_id is null then 'unfolded' else 'folded' end,
    json_object('parent', coalesce(findings.parent_finding_id, before.parent_finding_id)), 'data'
from audit.findings as findings
join before_run as before on findings.finding_id = before.finding_id
where findings.detection <> 'resolved'
    and (findings.parent_finding_id is null) <> (before.parent_finding_id is null)
"""


def book_changes(database: Database) -> None:
    """Put the changes of content into ``events``, while the ledger still says what was before."""
    database.execute(_SEVERITY)
    database.execute(_COMPANY)
    database.execute(_EVIDENCE)


def note_before(database: Database) -> None:
    """Remember who was folded under whom before this run."""
    database.execute(_BEFORE)


def book_folds(database: Database) -> None:
    """Put into ``events`` what went below a parent or came up from below one."""
    database.execute(_FOLDS)
