-- The ledger and the bookkeeping of snapshots. Times are UTC.

create schema if not exists history;
create schema if not exists audit;

create sequence audit.snapshot_ids start 1;
create sequence audit.run_ids start 1;
create sequence audit.delivery_ids start 1;

-- What the typed tables were last made from.
create table audit.materialised (
    snapshot_id bigint not null,
    views_digest varchar not null
);

create table audit.snapshots (
    snapshot_id bigint primary key,
    source varchar not null,
    read_at timestamp not null,
    sealed_at timestamp not null,
    program_version varchar not null,
    is_changed boolean not null
);

create table audit.resource_readings (
    snapshot_id bigint not null,
    source varchar not null,
    resource varchar not null,
    verdict varchar not null,
    reason varchar not null,
    row_count bigint not null,
    server_count bigint,
    page_count bigint not null,
    request_count bigint not null,
    retry_count bigint not null,
    duplicate_count bigint not null,
    elapsed_seconds double not null,
    primary key (snapshot_id, resource)
);

create table audit.runs (
    run_id bigint primary key,
    as_of timestamp not null,
    started_at timestamp not null,
    finished_at timestamp,
    is_first boolean not null,
    program_version varchar not null
);

create table audit.run_sources (
    run_id bigint not null,
    source varchar not null,
    snapshot_id bigint,
    read_at timestamp,
    is_new boolean not null,
    primary key (run_id, source)
);

create table audit.run_resources (
    run_id bigint not null,
    source varchar not null,
    resource varchar not null,
    verdict varchar not null,
    reason varchar not null,
    row_count bigint,
    server_count bigint,
    page_count bigint,
    request_count bigint,
    retry_count bigint,
    duplicate_count bigint,
    elapsed_seconds double,
    last_complete_at timestamp,
    primary key (run_id, source, resource)
);

create table audit.rules (
    rule varchar primary key,
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
    sql varchar not null
);

create table audit.rule_versions (
    digest varchar primary key,
    rule varchar not null,
    sql varchar not null,
    params json not null,
    first_run_id bigint not null
);

create table audit.rule_runs (
    run_id bigint not null,
    rule varchar not null,
    outcome varchar not null,
    reason varchar not null,
    finding_count bigint not null,
    subject_count bigint,
    elapsed_seconds double not null,
    digest varchar not null,
    inputs varchar[] not null,
    primary key (run_id, rule)
);

create table audit.findings (
    finding_id varchar primary key,
    rule varchar not null,
    key json not null,
    severity varchar not null,
    company_id bigint,
    company_name varchar,
    entity_id varchar,
    entity_name varchar,
    reason varchar,
    evidence json not null,
    detection varchar not null,
    triage varchar not null,
    parent_finding_id varchar,
    first_seen_run_id bigint not null,
    first_seen_at timestamp not null,
    last_seen_run_id bigint not null,
    last_seen_at timestamp not null,
    changed_run_id bigint not null,
    resolved_at timestamp,
    times_reopened integer not null
);

create table audit.finding_events (
    run_id bigint not null,
    finding_id varchar not null,
    rule varchar not null,
    event varchar not null,
    occurred_at timestamp not null,
    detail json not null
);

create table audit.run_counts (
    run_id bigint not null,
    rule varchar not null,
    severity varchar not null,
    company_id bigint,
    open_count bigint not null,
    new_count bigint not null,
    reopened_count bigint not null,
    resolved_count bigint not null,
    unchecked_count bigint not null,
    folded_count bigint not null
);

create table audit.deliveries (
    delivery_id bigint primary key,
    run_id bigint not null,
    name varchar not null,
    report varchar not null,
    channel varchar not null,
    status varchar not null,
    detail varchar not null,
    location varchar not null,
    delivered_at timestamp not null
);
