"""Random histories against a model in plain Python: the ledger never lies. The other half is next door."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.audit.histories import Week, follow, histories

#: Two files of these, so that two workers share them: more than 500 sequences in all.
EXAMPLES = int(os.environ.get("MSP_AUDIT_LEDGER_EXAMPLES", "252"))
calm = settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.mark.slow
@calm
@given(history=histories)
def test_the_ledger_agrees_with_the_model_over_any_history(history: list[Week]) -> None:
    follow(history)


@settings(calm, max_examples=8)
@given(history=histories)
def test_replaying_a_history_gives_the_same_ledger(history: list[Week]) -> None:
    assert follow(history) == follow(history)
