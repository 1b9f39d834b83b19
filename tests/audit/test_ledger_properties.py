"""Random histories against a model in plain Python: the ledger never lies."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from msp_audit.domain import Record, Run, Verdict
from tests.audit.harness import Toy, thing

EXAMPLES = int(os.environ.get("MSP_AUDIT_LEDGER_EXAMPLES", "150"))
#: Readings of the list that the rule judges.
TRUSTED = Verdict.COMPLETE


@dataclass(frozen=True)
class Week:
    bad: frozenset[int]
    fine: frozenset[int]
    verdict: Verdict
    weeks_late: int
    names: int

    @property
    def records(self) -> list[Record]:
        return [
            thing(number, bad=number in self.bad, name=f"T{number}.{self.names}")
            for number in sorted(self.bad | self.fine)
        ]


weeks = st.builds(
    Week,
    bad=st.frozensets(st.integers(0, 7)),
    fine=st.frozensets(st.integers(0, 7)),
    verdict=st.sampled_from(
        [TRUSTED] * 4 + [Verdict.PARTIAL, Verdict.REFUSED, Verdict.ABSENT, Verdict.STALE]
    ),
    weeks_late=st.sampled_from([0, 0, 0, 0, 3]),
    names=st.integers(0, 2),
)


@dataclass
class Model:
    """What the ledger must say, computed the slow and obvious way."""

    states: dict[str, str] = field(default_factory=dict)

    def judge(self, bad: set[str]) -> list[tuple[str, str]]:
        events = []
        for name in sorted(bad | set(self.states)):
            state = self.states.get(name)
            if name in bad:
                event, after = {
                    None: ("new", "new"),
                    "resolved": ("reopened", "reopened"),
                    "unchecked": ("rechecked", "open"),
                }.get(state, ("", "open"))
            elif state == "resolved":
                event, after = "", "resolved"
            else:
                event, after = "resolved", "resolved"
            self.states[name] = after
            if event:
                events.append((event, name))
        return sorted(events)

    def skip(self) -> list[tuple[str, str]]:
        events = []
        for name, state in sorted(self.states.items()):
            if state not in ("resolved", "unchecked"):
                self.states[name] = "unchecked"
                events.append(("unchecked", name))
        return events


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(history=st.lists(weeks, min_size=1, max_size=7))
def test_the_ledger_agrees_with_the_model_over_any_history(history: list[Week]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        toy = Toy(Path(folder))
        model = Model()
        known: int | None = None
        for week in history:
            snapshot = toy.read({"things": week.records, "parts": []}, {"things": week.verdict})
            verdict = {r.resource: r.verdict for r in snapshot.readings}["things"]
            toy.week += week.weeks_late
            run = toy.audit()
            if verdict is TRUSTED and not week.weeks_late:
                known = len(week.records)
                assert toy.events(run) == model.judge({str(number) for number in week.bad})
            else:
                assert toy.events(run) == model.skip()
                assert run.resolved == 0
            assert toy.states() == model.states
            _add_up(toy, run)
            # Judging the same snapshot again changes nothing that anybody would be told.
            states = {name: "open" if s in ("new", "reopened") else s for name, s in model.states.items()}
            assert toy.events(toy.audit()) == []
            model.states = states
            assert toy.states() == states
        assert known is None or known >= 0
        toy.store.close()


def _add_up(toy: Toy, run: Run) -> None:
    """The events of a finding, replayed, give its state; counts are those of the ledger."""
    after = {"new": True, "reopened": True, "rechecked": True, "unchecked": True, "resolved": False}
    replayed: dict[str, bool] = {}
    rows = toy.store.database.query(
        "select findings.entity_id, events.event from audit.finding_events as events"
        " join audit.findings as findings on events.finding_id = findings.finding_id order by events.run_id"
    )
    for entity, event in rows:
        replayed[entity] = after[event]
    assert replayed == {entity: state != "resolved" for entity, state in toy.states().items()}
    assert sum(run.open_findings.values()) == sum(replayed.values())
