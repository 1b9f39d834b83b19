"""Takes one run's observations into the ledger: new, still open, reopened, resolved, not re-checked.

The promise: a finding resolves only when its rule was evaluated, untruncated, on complete resources, and did
not report it. Whatever could not be judged stays open and says so. The same observations twice give no event.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msp_audit.domain import RuleOutcome, RuleRun
from msp_audit.store import Database

#: Each finding's event in this run, if it has one. States left out here change nothing.
_EVENTS = """
create or replace temp table events as
select
    coalesce(observed.finding_id, findings.finding_id) as finding_id,
    coalesce(observed.rule, findings.rule) as rule,
    case
        when findings.finding_id is null then 'new'
        when observed.finding_id is not null and findings.detection = 'resolved' then 'reopened'
        when observed.finding_id is not null and findings.detection = 'unchecked' then 'rechecked'
        when observed.finding_id is not null then null
        when findings.detection = 'resolved' then null
        when judged.outcome = 'evaluated' then 'resolved'
        when findings.detection <> 'unchecked' then 'unchecked'
    end as event,
    case
        when observed.finding_id is null and judged.outcome is distinct from 'evaluated'
            then coalesce(judged.reason, 'The rule no longer exists.')
        else ''
    end as reason
from audit.findings as findings
full join observed on findings.finding_id = observed.finding_id
left join judged on coalesce(observed.rule, findings.rule) = judged.rule
"""

_INSERT_NEW = """
insert into audit.findings
select
    observed.finding_id, observed.rule, observed.key, observed.severity, observed.company_id,
    companies.name, observed.entity_id, observed.entity_name, observed.reason, observed.evidence,
    'new', 'none', null, $run_id, $as_of, $run_id, $as_of, $run_id, null, 0
from observed
left join company_names as companies on observed.company_id = companies.company_id
where observed.finding_id not in (select known.finding_id from audit.findings as known)
"""

_UPDATE_SEEN = """
update audit.findings as findings
set
    severity = observed.severity,
    company_id = observed.company_id,
    company_name = observed.company_name,
    entity_id = observed.entity_id,
    entity_name = observed.entity_name,
    reason = observed.reason,
    evidence = observed.evidence,
    detection = case when findings.detection = 'resolved' then 'reopened' else 'open' end,
    times_reopened = findings.times_reopened + cast(findings.detection = 'resolved' as integer),
    changed_run_id = case
        when findings.detection in ('resolved', 'unchecked') then $run_id else findings.changed_run_id
    end,
    resolved_at = null,
    last_seen_run_id = $run_id,
    last_seen_at = $as_of
from (
    select rows.*, companies.name as company_name
    from observed as rows
    left join company_names as companies on rows.company_id = companies.company_id
) as observed
where findings.finding_id = observed.finding_id
"""

_UPDATE_UNSEEN = """
update audit.findings as findings
set
    detection = events.event,
    changed_run_id = $run_id,
    resolved_at = case when events.event = 'resolved' then $as_of end
from events
where findings.finding_id = events.finding_id and events.event in ('resolved', 'unchecked')
"""

_INSERT_EVENTS = """
insert into audit.finding_events
select
    $run_id, events.finding_id, events.rule, events.event, $as_of,
    case when events.reason = '' then '{}' else json_object('reason', events.reason) end
from events
where events.event is not null
order by events.rule, events.finding_id
"""

_FOLD = """
update audit.findings as findings
set parent_finding_id = folded.parent_id
from (
    select findings.finding_id, min(parents.finding_id) as parent_id
    from audit.findings as findings
    left join (
        select observed.finding_id, unnest(observed.parent_ids) as parent_id
        from observed
    ) as links on findings.finding_id = links.finding_id
    left join audit.findings as parents
        on links.parent_id = parents.finding_id and parents.detection <> 'resolved'
    where findings.last_seen_run_id = $run_id
    group by findings.finding_id
) as folded
where findings.finding_id = folded.finding_id
    and findings.parent_finding_id is distinct from folded.parent_id
"""

_COUNT = """
insert into audit.run_counts
select
    $run_id, findings.rule, any_value(findings.severity), findings.company_id,
    count(*) filter (findings.detection <> 'resolved' and findings.parent_finding_id is null),
    count(*) filter (events.event = 'new'),
    count(*) filter (events.event = 'reopened'),
    count(*) filter (events.event = 'resolved'),
    count(*) filter (findings.detection = 'unchecked'),
    count(*) filter (findings.detection <> 'resolved' and findings.parent_finding_id is not null)
from audit.findings as findings
left join events on findings.finding_id = events.finding_id
where findings.detection <> 'resolved' or events.event is not null
group by findings.rule, findings.company_id
order by findings.rule, findings.company_id
"""


def take_in(database: Database, *, run_id: int, as_of: datetime, rule_runs: Sequence[RuleRun]) -> None:
    """Merge the table ``observed`` into the ledger. Call it inside the run's transaction."""
    params = {"run_id": run_id, "as_of": as_of}
    _note_judged(database, rule_runs)
    _note_company_names(database)
    # Observations of a rule that failed half way are no observations.
    database.execute(
        "delete from observed where rule not in"
        " (select judged.rule from judged where judged.outcome in ('evaluated', 'truncated'))"
    )
    database.execute(_EVENTS)
    # Updates first: what is inserted next must not count as seen before.
    database.execute(_UPDATE_SEEN, params)
    database.execute(_INSERT_NEW, params)
    database.execute(_UPDATE_UNSEEN, params)
    database.execute(_INSERT_EVENTS, params)
    database.execute(_FOLD, params)
    database.execute(_COUNT, params)
    database.execute("drop table observed; drop table events; drop table judged; drop table company_names")


def _note_judged(database: Database, rule_runs: Sequence[RuleRun]) -> None:
    database.execute("create or replace temp table judged (rule varchar, outcome varchar, reason varchar)")
    for rule_run in rule_runs:
        outcome = RuleOutcome.EVALUATED if rule_run.outcome is RuleOutcome.EVALUATED else rule_run.outcome
        database.execute(
            "insert into judged values ($rule, $outcome, $reason)",
            {"rule": rule_run.rule, "outcome": outcome.value, "reason": rule_run.reason},
        )


def _note_company_names(database: Database) -> None:
    source = (
        "select company_id, any_value(name) as name from psa.companies group by company_id"
        if database.has_relation("psa.companies")
        else "select null::bigint as company_id, null::varchar as name where false"
    )
    database.execute(f"create or replace temp table company_names as {source}")
