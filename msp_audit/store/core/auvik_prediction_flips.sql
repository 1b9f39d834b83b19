/*
grain = "one row per Auvik device and option whose flipping would change what the sync does with it"

[columns]
device_id        = "The Auvik device."
flipped_option   = "The option that is turned to its opposite; identifiers means their order, inventory the box of the site mapping."
outcome          = "What would happen then: match, create, ambiguous, blocked, excluded or waiting."
cause            = "Why, in one word."
identifier       = "The identifier that would decide."
configuration_id = "The PSA configuration that would be matched; null when none."
outcome_now      = "What happens as declared."
configuration_id_now = "The PSA configuration that is matched as declared."
*/
select
    flips.device_id,
    flips.flipped_option,
    flips.outcome,
    flips.cause,
    flips.identifier,
    case when flips.outcome = 'match' then flips.configuration_id end as configuration_id,
    declared.outcome as outcome_now,
    case when declared.outcome = 'match' then declared.configuration_id end as configuration_id_now
from core.auvik_outcomes as flips
inner join core.auvik_outcomes as declared
    on
        flips.device_id = declared.device_id
        and declared.flipped_option = 'declared'
where
    flips.flipped_option <> 'declared'
    and (
        flips.outcome <> declared.outcome
        or flips.configuration_id is distinct from declared.configuration_id
    )
