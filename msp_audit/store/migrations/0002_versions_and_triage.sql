-- Versions of findings and rules, so that any past run can be seen again; triage with an end; causes of events.

alter table audit.resource_readings add column is_changed boolean;

alter table audit.findings add column opened_at timestamp;
alter table audit.findings add column reopened_run_id bigint;
alter table audit.findings add column age_days double;
alter table audit.findings add column days_to_resolve double;
alter table audit.findings add column suppression_id varchar;
alter table audit.findings add column triage_until date;
update audit.findings set opened_at = first_seen_at;
update audit.findings
set days_to_resolve = epoch(resolved_at - opened_at) / 86400
where detection = 'resolved';

alter table audit.finding_events add column cause varchar;
update audit.finding_events set cause = 'data';

alter table audit.run_counts add column suppressed_count bigint;
update audit.run_counts set suppressed_count = 0;

create table audit.finding_versions (
    finding_id varchar not null,
    from_run_id bigint not null,
    to_run_id bigint,
    detection varchar not null,
    severity varchar not null,
    company_id bigint,
    company_name varchar,
    entity_id varchar,
    entity_name varchar,
    reason varchar,
    evidence json not null,
    triage varchar not null,
    suppression_id varchar,
    triage_until date,
    parent_finding_id varchar,
    unseen_since_run_id bigint,
    unseen_since_at timestamp,
    changed_run_id bigint not null,
    opened_at timestamp not null,
    reopened_run_id bigint,
    resolved_at timestamp,
    times_reopened integer not null
);

create table audit.rule_history (
    rule varchar not null,
    from_run_id bigint not null,
    to_run_id bigint,
    theme varchar not null,
    title varchar not null,
    severity varchar not null,
    subject varchar not null,
    key varchar[] not null,
    parents varchar[] not null,
    why varchar not null,
    remedy varchar not null,
    source varchar not null,
    origin varchar not null,
    digest varchar not null,
    sql varchar not null,
    params json not null,
    company_params json not null
);
insert into audit.rule_history
select
    rules.rule,
    (select max(runs.run_id) from audit.runs as runs) as from_run_id,
    null as to_run_id,
    rules.theme,
    rules.title,
    rules.severity,
    rules.subject,
    rules.key,
    rules.parents,
    rules.why,
    rules.remedy,
    rules.source,
    rules.origin,
    rules.digest,
    rules.sql,
    coalesce(versions.params, '{}') as params,
    '{}' as company_params
from audit.rules as rules
left join audit.rule_versions as versions
    on rules.digest = versions.digest;
drop table audit.rule_versions;

create table audit.rule_events (
    run_id bigint not null,
    rule varchar not null,
    event varchar not null,
    occurred_at timestamp not null,
    detail json not null
);

create table audit.suppressions (
    run_id bigint not null,
    suppression_id varchar not null,
    triage varchar not null,
    finding varchar,
    rule varchar,
    company_id bigint,
    predicate varchar,
    author varchar not null,
    reason varchar not null,
    ends_on date not null,
    is_expired boolean not null,
    ends_soon boolean not null,
    match_count bigint not null
);

-- From which run on everything can be seen again; what lies before was not kept.
create table audit.kept_from (
    run_id bigint not null,
    snapshot_id bigint not null
);
insert into audit.kept_from
select
    coalesce(max(runs.run_id), 0) as run_id,
    0 as snapshot_id
from audit.runs as runs;

insert into audit.finding_versions
select
    findings.finding_id,
    (select max(runs.run_id) from audit.runs as runs) as from_run_id,
    null as to_run_id,
    case when findings.detection in ('resolved', 'unchecked') then findings.detection else 'seen' end
        as detection,
    findings.severity,
    findings.company_id,
    findings.company_name,
    findings.entity_id,
    findings.entity_name,
    findings.reason,
    findings.evidence,
    findings.triage,
    null as suppression_id,
    null as triage_until,
    findings.parent_finding_id,
    case when findings.detection in ('resolved', 'unchecked') then findings.last_seen_run_id end
        as unseen_since_run_id,
    case when findings.detection in ('resolved', 'unchecked') then findings.last_seen_at end
        as unseen_since_at,
    findings.changed_run_id,
    findings.opened_at,
    findings.reopened_run_id,
    findings.resolved_at,
    findings.times_reopened
from audit.findings as findings;

-- Which typed relation was last made from which views and changes; replaces one line for all of them.
drop table audit.materialised;
create table audit.materialised (
    relation varchar primary key,
    made_from varchar not null
);

-- Small facts of the store about itself.
create table audit.store_facts (
    name varchar primary key,
    fact varchar not null
);
