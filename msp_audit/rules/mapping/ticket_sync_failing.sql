/*
title    = "Tickets fail to reach the PSA for one reason"
severity = "medium"
subject  = "automate.ticket_failures"
key      = ["failure_kind"]
why      = "One cause stops many tickets; mending it once is quicker than resending each."
remedy   = """Mend the cause that the finding names: credentials and rights of the integration, the \
           company's status, a board that was renamed or closed; then resync the tickets from the \
           Manage plugin (Dashboard > Config > Integration)."""
source   = "Field practice: failure messages of the plugin, grouped (table and columns certain)"

[params]
# Days that a failure is remembered.
failed_within_days = 30
*/
with failures as (
    select
        attempts.ticket_id,
        attempts.attempted_at,
        attempts.message,
        case
            when regexp_matches(lower(attempts.message), 'time[sd]?[ -]?out') then 'time-out'
            when contains(lower(attempts.message), 'deadlock') then 'deadlock'
            when regexp_matches(lower(attempts.message), 'company status') then 'company status'
            when regexp_matches(lower(attempts.message), '(find|found|invalid).*board|board.*not found')
                then 'board not found'
            when regexp_matches(lower(attempts.message), '(find|found|invalid).*company|company.*not found')
                then 'company not found'
            when regexp_matches(lower(attempts.message), 'password|credential|unauthori[sz]ed|denied|401|403')
                then 'credentials or rights'
            when regexp_matches(lower(attempts.message), 'disk|no space') then 'disk space'
            when contains(lower(attempts.message), 'memory') then 'out of memory'
            when regexp_matches(lower(attempts.message), '50[0234]|unavailable') then 'service unavailable'
            when regexp_matches(lower(attempts.message), 'not found|does not exist|(cannot|could not) find')
                then 'record not found'
            else 'another reason'
        end as failure_kind
    from automate.ticket_failures as attempts
    where attempts.attempted_at is null or attempts.attempted_at >= $as_of - to_days($failed_within_days)
)

select
    null::bigint as company_id,
    failures.failure_kind as entity_id,
    failures.failure_kind as entity_name,
    'Tickets of Automate failed to reach ConnectWise PSA lately, ' || count(distinct failures.ticket_id)
    || ' of them because of: ' || failures.failure_kind || '.' as reason,
    failures.failure_kind,
    count(distinct failures.ticket_id) as ticket_count,
    list_sort(list(distinct failures.ticket_id))[:20] as ticket_ids,
    max(failures.attempted_at) as last_attempt_at,
    min(failures.message) as sample_message
from failures
group by failures.failure_kind
