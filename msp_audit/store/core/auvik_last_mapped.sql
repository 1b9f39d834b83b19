/*
grain = "one row per PSA configuration that Auvik's sync updates, as predicted, and its device: the day that Last mapped tells"

[columns]
configuration_id = "The PSA configuration."
device_id        = "The Auvik device that the sync matches with it."
last_mapped_at   = "The day that the sync wrote, at midnight."
stale_at         = "From when on that day is too long ago for a sync that runs: assumption A8."
*/
select distinct
    answers.configuration_id,
    predictions.device_id,
    utc(answers.answer) as last_mapped_at,
    -- Written daily as a date in UTC: a date is over when its day is.
    utc(answers.answer) + to_days(1) + to_seconds(3600 * terms.last_mapped_stale_hours) as stale_at
from auvik.sync_field_map as fields
inner join psa.configuration_answers as answers
    on lower(answers.question) = lower(clean(regexp_replace(fields.psa_field, '^question:', '')))
inner join core.auvik_predictions as predictions
    on answers.configuration_id = predictions.configuration_id
cross join core.auvik_terms as terms
where
    fields.auvik_field = 'last_mapped'
    and predictions.outcome = 'match'
    and utc(answers.answer) is not null
