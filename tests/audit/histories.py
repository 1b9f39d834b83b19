"""Random histories of a toy estate, and a model in plain Python of what the ledger must say about them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import strategies as st

from msp_audit.audit.versions import FINDINGS_AS_OF
from msp_audit.domain import Record, Run, Verdict
from tests.audit.harness import THING_BAD, Toy, thing

#: Wordings of the rule: each finds other things among the same.
RULES = {
    0: THING_BAD,
    1: THING_BAD.replace("where is_bad", "where is_bad and thing_id % 2 = 0"),
    2: THING_BAD.replace("where is_bad", "where is_bad or thing_id = 3"),
}


@dataclass(frozen=True)
class Week:
    bad: frozenset[int]
    fine: frozenset[int]
    verdict: Verdict
    weeks_late: int
    clock_back: int
    names: int
    company: int
    moved: int
    rule: int

    @property
    def records(self) -> list[Record]:
        return [
            thing(
                number,
                bad=number - self.moved in self.bad,
                name=f"T{number}.{self.names}",
                company=self.company,
            )
            for number in sorted({n + self.moved for n in self.bad | self.fine})
        ]

    def found(self) -> set[str]:
        """What the rule must report on a complete list."""
        found = set()
        for record in self.records:
            number, is_bad = record["id"], record["bad"]
            if {0: is_bad, 1: is_bad and number % 2 == 0, 2: is_bad or number == 3}[self.rule]:
                found.add(str(number))
        return found


weeks = st.builds(
    Week,
    bad=st.frozensets(st.integers(0, 2)),
    fine=st.frozensets(st.integers(0, 3)),
    verdict=st.sampled_from(
        [Verdict.COMPLETE] * 8 + [Verdict.PARTIAL, Verdict.REFUSED, Verdict.ABSENT, Verdict.STALE]
    ),
    weeks_late=st.sampled_from([0, 0, 0, 0, 0, 0, 0, 3]),
    clock_back=st.sampled_from([0, 0, 0, 2]),
    names=st.integers(0, 1),
    company=st.integers(1, 2),
    moved=st.sampled_from([0, 0, 0, 0, 0, 2]),
    rule=st.sampled_from([0, 0, 0, 0, 1, 2]),
)
histories = st.lists(weeks, min_size=3, max_size=4)


@dataclass
class Model:
    """What the ledger must say, computed the slow and obvious way."""

    states: dict[str, str] = field(default_factory=dict)

    def judge(self, found: set[str]) -> list[tuple[str, str]]:
        events = []
        for name in sorted(found | set(self.states)):
            state = self.states.get(name)
            if name in found:
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


STATES = ("new", "reopened", "resolved", "unchecked", "rechecked")
_LINES = (
    "finding_id, rule, severity, company_id, entity_name, reason, evidence, detection, triage,"
    " parent_finding_id, first_seen_run_id, last_seen_run_id, last_seen_at, changed_run_id, resolved_at,"
    " times_reopened, opened_at, reopened_run_id, age_days, days_to_resolve"
)


def follow(history: Sequence[Week]) -> list[tuple[object, ...]]:
    """Live through *history* and hold every promise against the model; the ledger at its end."""
    with ExitStack() as left_behind:
        toy = Toy(Path(left_behind.enter_context(tempfile.TemporaryDirectory())))
        # Also where a promise is broken: a fault that is planted on purpose must not leave a file open.
        left_behind.callback(toy.store.close)
        model = Model()
        seen: dict[int, tuple[tuple[object, ...], ...]] = {}
        for week in history:
            run = _live(toy, model, week)
            seen[run.run_id] = ledger(toy)
            _add_up(toy, run)
        _judging_again_says_nothing(toy, model)
        for run_id, lines in seen.items():
            assert ledger(toy, run_id=run_id) == lines, f"as of run {run_id}"
        return list(seen[max(seen)])


def _live(toy: Toy, model: Model, week: Week) -> Run:
    toy.week -= week.clock_back
    toy.write_rule("toy.thing_bad", RULES[week.rule])
    snapshot = toy.read({"things": week.records, "parts": []}, {"things": week.verdict})
    verdict = {r.resource: r.verdict for r in snapshot.readings}["things"]
    toy.week += week.weeks_late
    run = toy.audit()
    told = [event for event in toy.events(run) if event[0] in STATES]
    if verdict is Verdict.COMPLETE and not week.weeks_late:
        assert told == model.judge(week.found())
    else:
        assert told == model.skip()
        assert run.resolved == 0
    assert toy.states() == model.states
    return run


def _judging_again_says_nothing(toy: Toy, model: Model) -> None:
    expected = {name: "open" if s in ("new", "reopened") else s for name, s in model.states.items()}
    assert toy.events(toy.audit()) == []
    assert toy.states() == expected


def ledger(toy: Toy, *, run_id: int | None = None) -> tuple[tuple[object, ...], ...]:
    """The findings now, or as run *run_id* left them."""
    source = "audit.findings"
    if run_id is not None:
        source = f"({FINDINGS_AS_OF.format(schema='audit', run_id=run_id)})"
    return toy.store.database.query(f"select {_LINES} from {source} order by finding_id").rows


def _add_up(toy: Toy, run: Run) -> None:
    """The events of a finding, replayed, give its state, its company and how often it came back."""
    after = {"new": "seen", "reopened": "seen", "rechecked": "seen"}
    rows = toy.store.database.query(
        "select finding_id, event, detail ->> 'to' from audit.finding_events order by run_id,"
        " event = 'company_moved'"
    )
    states: dict[str, str] = {}
    came_back: dict[str, int] = {}
    moved: dict[str, str] = {}
    for finding, event, target in rows:
        if event in STATES:
            states[finding] = after.get(event, event)
            came_back[finding] = came_back.get(finding, 0) + (event == "reopened")
        elif event == "company_moved":
            moved[finding] = target
    lines = toy.store.database.query(
        "select finding_id, detection, times_reopened, company_id from audit.findings"
    )
    for finding, detection, times, company in lines:
        assert states.pop(finding) == (detection if detection in ("resolved", "unchecked") else "seen")
        assert came_back[finding] == times
        assert moved.get(finding, str(company)) == str(company)
    assert states == {}
    still = [detection for _, detection, _, _ in lines if detection != "resolved"]
    assert sum(run.open_findings.values()) == len(still)
