"""Takes one run's observations into the ledger: new, still open, reopened, resolved, not re-checked.

The promise: a finding resolves only when its rule was evaluated, untruncated, on complete resources, and did
not report it. Whatever could not be judged stays open and says so. The same observations twice give no event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msp_audit.audit.changes import book_changes, book_folds, note_before
from msp_audit.audit.suppressions import Suppression
from msp_audit.audit.triage import apply_triage
from msp_audit.audit.versions import keep_versions
from msp_audit.domain import RuleOutcome, RuleRun
from msp_audit.store import Database

#: Events of this run; a finding may have several.
_NO_EVENTS = """
create or replace temp table events (
    finding_id varchar, rule varchar, event varchar, detail json, cause varchar
)
"""
#: Each finding's change of state in this run, if it has one. States left out here change nothing.
#: The cause is the rule when the rule's former text, asked today, would have answered otherwise.
_STATE_EVENTS = """
insert into events
with paired as (
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
        judged.outcome as outcome,
        judged.reason as reason,
        judged.rule is null as has_no_rule,
        coalesce(judged.is_changed, false) as is_changed,
        coalesce(judged.has_recalled, true) as has_recalled,
        recalled.finding_id is not null as was_seen_by_former_rule,
        findings.opened_at as opened_at
    from audit.findings as findings
    full join observed on findings.finding_id = observed.finding_id
    left join judged on coalesce(observed.rule, findings.rule) = judged.rule
    left join recalled on coalesce(observed.finding_id, findings.finding_id) = recalled.finding_id
)
select
    paired.finding_id, paired.rule, paired.event,
    case
        when paired.event = 'unchecked'
            then json_object('reason', coalesce(paired.reason, 'The rule no longer exists.'))
        when paired.event = 'resolved'
            then json_object('days', round(greatest(epoch($as_of - paired.opened_at), 0) / 86400, 3))
        else '{}'
    end,
    case
        when paired.event = 'unchecked' and paired.has_no_rule then 'rule'
        when not paired.is_changed then 'data'
        when not paired.has_recalled and paired.event in ('new', 'reopened', 'resolved') then 'rule'
        when paired.event in ('new', 'reopened') and not paired.was_seen_by_former_rule then 'rule'
        when paired.event = 'resolved' and paired.was_seen_by_former_rule then 'rule'
        else 'data'
    end
from paired
where paired.event is not null
"""

_UPDATE_CHANGED = """
update audit.findings as findings
set
    severity = observed.severity,
    company_id = observed.company_id,
    company_name = observed.company_name,
    entity_id = observed.entity_id,
    entity_name = observed.entity_name,
    reason = observed.reason,
    evidence = observed.evidence
from named as observed
where findings.finding_id = observed.finding_id
    and row(
        findings.severity, findings.company_id, findings.company_name, findings.entity_id,
        findings.entity_name, findings.reason, findings.evidence::varchar
    ) is distinct from row(
        observed.severity, observed.company_id, observed.company_name, observed.entity_id,
        observed.entity_name, observed.reason, observed.evidence::varchar
    )
"""
_UPDATE_SEEN = """
update audit.findings as findings
set
    detection = case when findings.detection = 'resolved' then 'reopened' else 'open' end,
    times_reopened = findings.times_reopened + cast(findings.detection = 'resolved' as integer),
    reopened_run_id = case
        when findings.detection = 'resolved' then $run_id else findings.reopened_run_id
    end,
    opened_at = case when findings.detection = 'resolved' then $as_of else findings.opened_at end,
    resolved_at = null,
    days_to_resolve = null,
    last_seen_run_id = $run_id,
    last_seen_at = $as_of
from observed
where findings.finding_id = observed.finding_id
"""
_INSERT_NEW = """
insert into audit.findings (
    finding_id, rule, key, severity, company_id, company_name, entity_id, entity_name, reason, evidence,
    detection, triage, first_seen_run_id, first_seen_at, last_seen_run_id, last_seen_at, changed_run_id,
    times_reopened, opened_at
)
select
    observed.finding_id, observed.rule, observed.key, observed.severity, observed.company_id,
    observed.company_name, observed.entity_id, observed.entity_name, observed.reason, observed.evidence,
    'new', 'none', $run_id, $as_of, $run_id, $as_of, $run_id, 0, $as_of
from named as observed
where observed.finding_id not in (select known.finding_id from audit.findings as known)
"""
_UPDATE_UNSEEN = """
update audit.findings as findings
set
    detection = events.event,
    resolved_at = case when events.event = 'resolved' then $as_of end
from events
where findings.finding_id = events.finding_id and events.event in ('resolved', 'unchecked')
"""
_FOLD = """
update audit.findings as findings
set parent_finding_id = folded.parent_id
from (
    select
        links.finding_id,
        arg_min(parents.finding_id, links.place) filter (parents.finding_id is not null) as parent_id
    from (
        select
            observed.finding_id, unnest(observed.parent_ids || [null]) as parent_id,
            generate_subscripts(observed.parent_ids || [null], 1) as place
        from observed
    ) as links
    left join audit.findings as parents
        on links.parent_id = parents.finding_id and parents.detection <> 'resolved'
            and parents.finding_id <> links.finding_id
    group by links.finding_id
) as folded
where findings.finding_id = folded.finding_id
    and findings.parent_finding_id is distinct from folded.parent_id
"""
#: A child that could not be re-checked must not stay hidden below a parent that is gone.
_UNFOLD = """
update audit.findings as findings
set parent_finding_id = null
where findings.detection <> 'resolved' and findings.parent_finding_id is not null
    and findings.parent_finding_id not in (
        select parents.finding_id from audit.findings as parents where parents.detection <> 'resolved'
    )
"""
_AGE = """
update audit.findings as findings
set
    age_days = case
        when findings.detection <> 'resolved'
            then round(greatest(epoch($as_of - findings.opened_at), 0) / 86400, 3)
    end,
    days_to_resolve = case
        when findings.detection = 'resolved'
            then round(greatest(epoch(findings.resolved_at - findings.opened_at), 0) / 86400, 3)
    end,
    changed_run_id = case
        when findings.finding_id in (select events.finding_id from events) then $run_id
        else findings.changed_run_id
    end
where findings.detection <> 'resolved' or findings.finding_id in (select events.finding_id from events)
"""
_INSERT_EVENTS = """
insert into audit.finding_events (run_id, finding_id, rule, event, occurred_at, detail, cause)
select $run_id, events.finding_id, events.rule, events.event, $as_of, events.detail, events.cause
from events
order by events.rule, events.finding_id, events.event
"""
_COUNT = """
insert into audit.run_counts
with states as (
    select events.finding_id, events.event
    from events
    where events.event in ('new', 'reopened', 'resolved')
)
select
    $run_id, findings.rule, findings.severity, findings.company_id,
    count(*) filter (
        findings.detection <> 'resolved' and findings.parent_finding_id is null
        and findings.triage <> 'suppressed'
    ),
    count(*) filter (states.event = 'new' and findings.triage <> 'suppressed'),
    count(*) filter (states.event = 'reopened' and findings.triage <> 'suppressed'),
    count(*) filter (states.event = 'resolved' and findings.triage <> 'suppressed'),
    count(*) filter (findings.detection = 'unchecked' and findings.triage <> 'suppressed'),
    count(*) filter (findings.detection <> 'resolved' and findings.parent_finding_id is not null),
    count(*) filter (
        findings.detection <> 'resolved' and findings.parent_finding_id is null
        and findings.triage = 'suppressed'
    )
from audit.findings as findings
left join states on findings.finding_id = states.finding_id
where findings.detection <> 'resolved' or states.event is not null
group by findings.rule, findings.severity, findings.company_id
order by findings.rule, findings.severity, findings.company_id
"""
_NAME = """
create or replace temp table named as
select observed.*, companies.name as company_name
from observed
left join company_names as companies on observed.company_id = companies.company_id
"""
_TEMPORARY = ("observed", "recalled", "events", "judged", "company_names", "named", "before_run")


def take_in(
    database: Database,
    *,
    run_id: int,
    as_of: datetime,
    rule_runs: Sequence[RuleRun],
    recalls: Mapping[str, bool],
    suppressions: Sequence[Suppression] = (),
    soon_days: int = 14,
) -> None:
    """Merge the table ``observed`` into the ledger. Call it inside the run's transaction.

    *recalls* names the rules that say something else than when they were last judged; true where the former
    text could be asked too and left its answer in the table ``recalled``.
    """
    params = {"run_id": run_id, "as_of": as_of}
    _note_judged(database, rule_runs, recalls)
    _note_company_names(database)
    # Observations of a rule that failed half way are no observations.
    database.execute(
        "delete from observed where rule not in"
        " (select judged.rule from judged where judged.outcome in ('evaluated', 'truncated'))"
    )
    database.execute(_NAME)
    database.execute(_NO_EVENTS)
    database.execute(_STATE_EVENTS, params)
    book_changes(database)
    note_before(database)
    # Updates first: what is inserted next must not count as seen before.
    database.execute(_UPDATE_CHANGED)
    database.execute(_UPDATE_SEEN, params)
    database.execute(_INSERT_NEW, params)
    database.execute(_UPDATE_UNSEEN, params)
    database.execute(_FOLD)
    database.execute(_UNFOLD)
    book_folds(database)
    apply_triage(database, run_id=run_id, as_of=as_of, suppressions=suppressions, soon_days=soon_days)
    database.execute(_AGE, params)
    database.execute(_INSERT_EVENTS, params)
    database.execute(_COUNT, params)
    keep_versions(database, run_id=run_id)
    database.execute("; ".join(f"drop table if exists {name}" for name in _TEMPORARY))


def _note_judged(database: Database, rule_runs: Sequence[RuleRun], recalls: Mapping[str, bool]) -> None:
    columns = {
        "rule": "varchar",
        "outcome": "varchar",
        "reason": "varchar",
        "is_changed": "boolean",
        "has_recalled": "boolean",
    }
    listed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    database.execute(f"create or replace temp table judged ({listed})")
    rows = [
        (
            rule_run.rule,
            RuleOutcome(rule_run.outcome).value,
            rule_run.reason,
            rule_run.rule in recalls,
            recalls.get(rule_run.rule, True),
        )
        for rule_run in rule_runs
    ]
    database.insert_rows("judged", columns, rows)


def _note_company_names(database: Database) -> None:
    source = (
        "select company_id, any_value(name) as name from psa.companies group by company_id"
        if database.has_relation("psa.companies")
        else "select null::bigint as company_id, null::varchar as name where false"
    )
    database.execute(f"create or replace temp table company_names as {source}")
