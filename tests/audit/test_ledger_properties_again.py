"""The other half of the random histories, and proof that they would notice a ledger that lies."""

from __future__ import annotations

import pytest
from hypothesis import Phase, given, seed, settings

from msp_audit.audit import lifecycle
from tests.audit.histories import Week, follow, histories
from tests.audit.test_ledger_properties import calm

#: Faults as one might make them: the constant, the true text, the fault.
FAULTS = {
    "resolves_what_was_not_checked": (
        "_STATE_EVENTS",
        "when judged.outcome = 'evaluated' then 'resolved'",
        "when judged.rule is not null then 'resolved'",
    ),
    "forgets_that_it_was_resolved": (
        "_STATE_EVENTS",
        "when observed.finding_id is not null and findings.detection = 'resolved' then 'reopened'",
        "when false then 'reopened'",
    ),
    "does_not_count_returns": (
        "_UPDATE_SEEN",
        "times_reopened = findings.times_reopened + cast(findings.detection = 'resolved' as integer)",
        "times_reopened = findings.times_reopened",
    ),
    "loses_what_is_unchecked": (
        "_UPDATE_UNSEEN",
        "events.event in ('resolved', 'unchecked')",
        "events.event in ('resolved')",
    ),
}


@pytest.mark.slow
@seed(6)
@calm
@given(history=histories)
def test_the_ledger_agrees_with_the_model_over_other_histories(history: list[Week]) -> None:
    follow(history)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_lifecycle_is_noticed(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    constant, true, false = FAULTS[fault]
    text = getattr(lifecycle, constant)
    assert true in text
    monkeypatch.setattr(lifecycle, constant, text.replace(true, false))

    @seed(6)
    @settings(calm, max_examples=150, phases=(Phase.generate,), report_multiple_bugs=False)
    @given(history=histories)
    def follows(history: list[Week]) -> None:
        follow(history)

    with pytest.raises(AssertionError):
        follows()
