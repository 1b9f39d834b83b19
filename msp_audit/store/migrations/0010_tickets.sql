-- The ledger of the ticket channel: what was intended before each call, and what became of it.

create sequence audit.ticket_action_ids start 1;

create table audit.tickets (
    ticket_key varchar not null,
    group_key varchar not null,
    generation integer not null,
    kind varchar not null,
    scope varchar not null,
    company_id bigint,
    company_name varchar,
    state varchar not null,
    ticket_id bigint,
    written_to_id bigint,
    summary varchar not null,
    status_name varchar,
    board_name varchar,
    note_count integer not null,
    detail varchar not null,
    window_at timestamp not null,
    intended_at timestamp not null,
    created_at timestamp,
    told_at timestamp,
    closed_at timestamp
);

create table audit.ticket_findings (
    ticket_key varchar not null,
    finding_id varchar not null,
    severity varchar not null,
    label varchar not null
);

create table audit.ticket_actions (
    action_id bigint not null,
    ticket_key varchar not null,
    action varchar not null,
    status varchar not null,
    marker varchar not null,
    text varchar not null,
    why varchar not null,
    detail varchar not null,
    told json not null,
    run_id bigint not null,
    intended_at timestamp not null,
    finished_at timestamp
);

create table audit.ticket_routes (
    group_key varchar not null,
    flood_key varchar not null,
    routed_at timestamp not null
);
