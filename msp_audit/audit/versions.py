"""Keeps every version of a finding, so that the ledger can be seen as any past run left it."""

from __future__ import annotations

from msp_audit.store import Database

#: What a version holds and the finding's own columns it comes from. *seen* stands for new, open and reopened:
#: which of them it was follows from the run that asks.
_CONTENT = {
    "detection": "case when findings.detection in ('resolved', 'unchecked') then findings.detection"
    " else 'seen' end",
    "severity": "findings.severity",
    "company_id": "findings.company_id",
    "company_name": "findings.company_name",
    "entity_id": "findings.entity_id",
    "entity_name": "findings.entity_name",
    "reason": "findings.reason",
    "evidence": "findings.evidence",
    "triage": "findings.triage",
    "suppression_id": "findings.suppression_id",
    "triage_until": "findings.triage_until",
    "parent_finding_id": "findings.parent_finding_id",
    "unseen_since_run_id": "case when findings.detection in ('resolved', 'unchecked')"
    " then findings.last_seen_run_id end",
    "unseen_since_at": "case when findings.detection in ('resolved', 'unchecked')"
    " then findings.last_seen_at end",
    "changed_run_id": "findings.changed_run_id",
    "opened_at": "findings.opened_at",
    "reopened_run_id": "findings.reopened_run_id",
    "resolved_at": "findings.resolved_at",
    "times_reopened": "findings.times_reopened",
}
_SHAPED = ", ".join(f"{expression} as {name}" for name, expression in _CONTENT.items())
_KEPT = ", ".join(f"versions.{name}" for name in _CONTENT)
_NOW = ", ".join(f"now.{name}" for name in _CONTENT)
_CHANGED = f"""
create or replace temp table changed_now as
select now.*
from (
    select findings.finding_id, {_SHAPED}
    from audit.findings as findings
    where findings.detection <> 'resolved' or findings.changed_run_id = $run_id
) as now
left join audit.finding_versions as versions
    on now.finding_id = versions.finding_id and versions.to_run_id is null
where versions.finding_id is null
    or row({_NOW.replace("now.evidence", "now.evidence::varchar")})
        is distinct from row({_KEPT.replace("versions.evidence", "versions.evidence::varchar")})
"""
_END = """
update audit.finding_versions
set to_run_id = $run_id
where to_run_id is null and finding_id in (select changed_now.finding_id from changed_now)
"""
_BEGIN = f"""
insert into audit.finding_versions (finding_id, from_run_id, {", ".join(_CONTENT)})
select now.finding_id, $run_id, {_NOW}
from changed_now as now
order by now.finding_id
"""
#: The table ``audit.findings`` as run $run_id left it; read from *schema*.
FINDINGS_AS_OF = """
select
    findings.finding_id, findings.rule, findings.key, versions.severity, versions.company_id,
    versions.company_name, versions.entity_id, versions.entity_name, versions.reason, versions.evidence,
    case
        when versions.detection <> 'seen' then versions.detection
        when findings.first_seen_run_id = runs.run_id then 'new'
        when versions.reopened_run_id = runs.run_id then 'reopened'
        else 'open'
    end as detection,
    versions.triage, versions.parent_finding_id, findings.first_seen_run_id, findings.first_seen_at,
    coalesce(versions.unseen_since_run_id, runs.run_id) as last_seen_run_id,
    coalesce(versions.unseen_since_at, runs.as_of) as last_seen_at,
    versions.changed_run_id, versions.resolved_at, versions.times_reopened, versions.opened_at,
    versions.reopened_run_id,
    case
        when versions.detection <> 'resolved'
            then round(greatest(epoch(runs.as_of - versions.opened_at), 0) / 86400, 3)
    end as age_days,
    case
        when versions.detection = 'resolved'
            then round(greatest(epoch(versions.resolved_at - versions.opened_at), 0) / 86400, 3)
    end as days_to_resolve,
    versions.suppression_id, versions.triage_until
from {schema}.finding_versions as versions
join {schema}.findings as findings on versions.finding_id = findings.finding_id
join {schema}.runs as runs on runs.run_id = {run_id}
where versions.from_run_id <= runs.run_id
    and (versions.to_run_id is null or versions.to_run_id > runs.run_id)
"""


def keep_versions(database: Database, *, run_id: int) -> None:
    """Begin a version of every finding that is not as its last version says."""
    params = {"run_id": run_id}
    database.execute(_CHANGED, params)
    database.execute(_END, params)
    database.execute(_BEGIN, params)
    database.execute("drop table changed_now")
