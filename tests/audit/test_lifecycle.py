"""What becomes of a finding from run to run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from msp_audit.domain import RuleOutcome, Severity, Verdict
from tests.audit.harness import Toy, part, thing


@pytest.fixture
def toy(tmp_path: Path) -> Iterator[Toy]:
    made = Toy(tmp_path)
    yield made
    made.store.close()


def test_a_finding_is_new_then_open_then_resolved_then_reopened(toy: Toy) -> None:
    toy.read({"things": [thing(1), thing(2, bad=False)], "parts": []})
    first = toy.audit()
    assert first.is_first
    assert toy.states() == {"1": "new"}

    toy.read({"things": [thing(1), thing(2, bad=False)], "parts": []})
    assert toy.events(toy.audit()) == []
    assert toy.states() == {"1": "open"}

    toy.read({"things": [thing(1, bad=False), thing(2, bad=False)], "parts": []})
    third = toy.audit()
    assert toy.events(third) == [("resolved", "1")]
    assert third.resolved == 1

    toy.read({"things": [thing(1), thing(2, bad=False)], "parts": []})
    fourth = toy.audit()
    assert toy.events(fourth) == [("reopened", "1")]
    assert toy.states() == {"1": "reopened"}
    assert toy.store.database.query("select times_reopened from audit.findings").rows == ((1,),)


def test_the_same_snapshot_judged_twice_gives_no_event(toy: Toy) -> None:
    toy.read({"things": [thing(1)], "parts": [part(7, of=1)]})
    toy.audit()
    before = toy.store.database.query("select finding_id, reason, evidence from audit.findings order by 1")
    assert toy.events(toy.audit()) == []
    after = toy.store.database.query("select finding_id, reason, evidence from audit.findings order by 1")
    assert before == after


@pytest.mark.parametrize("verdict", [Verdict.PARTIAL, Verdict.REFUSED, Verdict.STALE, Verdict.ABSENT])
def test_a_list_that_is_not_complete_resolves_nothing(toy: Toy, verdict: Verdict) -> None:
    toy.read({"things": [thing(1), thing(2)], "parts": []})
    toy.audit()
    toy.read({"things": [], "parts": []}, {"things": verdict})
    run = toy.audit()
    assert toy.states() == {"1": "unchecked", "2": "unchecked"}
    assert run.resolved == 0
    assert {r.rule: r.outcome for r in run.rule_runs}["toy.thing_bad"] is RuleOutcome.NOT_EVALUATED
    assert "things said no" in run.not_evaluated[0].reason


def test_a_list_that_lost_most_rows_is_not_believed_until_told_so(toy: Toy) -> None:
    many = [thing(number) for number in range(20)]
    toy.read({"things": many, "parts": []})
    toy.audit()
    shrunk = toy.read({"things": many[:2], "parts": []})
    assert {r.resource: r.verdict for r in shrunk.readings}["things"] is Verdict.SHRUNK
    assert toy.audit().resolved == 0
    toy.read({"things": many[:2], "parts": []}, accept_shrink=True)
    assert toy.audit().resolved == 18


def test_a_refused_list_leaves_the_old_rows_current(toy: Toy) -> None:
    toy.read({"things": [thing(1)], "parts": []})
    toy.read({"parts": []})
    assert toy.store.database.query("select thing_id from toy.things").rows == ((1,),)


def test_an_old_reading_is_stale_and_checks_nothing(toy: Toy) -> None:
    toy.read({"things": [thing(1)], "parts": []})
    toy.audit()
    toy.week += 3
    run = toy.audit()
    assert toy.states() == {"1": "unchecked"}
    assert "last read on 2026-01-12" in run.not_evaluated[0].reason


def test_a_truncated_rule_cannot_resolve(toy: Toy) -> None:
    toy.read({"things": [thing(number) for number in range(5)], "parts": []})
    toy.audit()
    toy.read({"things": [thing(number) for number in range(1, 5)], "parts": []})
    run = toy.audit(max_findings=2)
    assert run.resolved == 0
    assert set(toy.states().values()) == {"open", "unchecked"}
    assert any(r.outcome is RuleOutcome.TRUNCATED for r in run.rule_runs)


def test_a_rule_that_vanished_leaves_its_findings_unchecked(toy: Toy) -> None:
    toy.read({"things": [thing(1)], "parts": []})
    toy.audit()
    (toy.rules / "toy" / "part_bad.sql").unlink()
    (toy.rules / "toy" / "thing_bad.sql").unlink()
    run = toy.audit()
    assert toy.states() == {"1": "unchecked"}
    assert run.resolved == 0


def test_a_broken_rule_is_named_with_file_and_line_and_the_others_run(toy: Toy) -> None:
    path = toy.write_rule("toy.broken", '/*\ntitle = "x"\n*/\nselect 1,\nfrom where\n')
    toy.write_rule("toy.no_toml", "/*\ntitle =\n*/\nselect 1\n")
    toy.read({"things": [thing(1)], "parts": []})
    run = toy.audit()
    failed = {r.rule: r.reason for r in run.failed}
    assert str(path) + ":4" in failed["toy.broken"]
    assert "no_toml.sql:2" in failed["toy.no_toml"]
    assert toy.states() == {"1": "new"}


def test_a_rule_that_fails_while_running_resolves_nothing(toy: Toy) -> None:
    toy.read({"things": [thing(1)], "parts": []})
    toy.audit()
    toy.write_rule(
        "toy.thing_bad",
        '/*\ntitle = "x"\nkey = ["thing_id"]\n*/\n'
        "select company_id, thing_id as entity_id, name as entity_name,"
        " error('boom') as reason from toy.things\n",
    )
    run = toy.audit()
    assert toy.states() == {"1": "unchecked"}
    assert "boom" in {r.rule: r.reason for r in run.failed}["toy.thing_bad"]


def test_a_child_of_an_open_parent_is_folded_and_comes_up_when_the_parent_is_gone(toy: Toy) -> None:
    parts = [part(number, of=1) for number in range(10)]
    toy.read({"things": [thing(1)], "parts": parts})
    run = toy.audit()
    assert run.open_findings == {Severity.HIGH: 1}
    assert run.new == 11
    toy.read({"things": [thing(1, bad=False)], "parts": parts})
    assert toy.audit().open_findings == {Severity.LOW: 10}


def test_identity_is_rule_and_key_and_never_the_words(toy: Toy) -> None:
    toy.read({"things": [thing(1, name="old", company=1)], "parts": []})
    toy.audit()
    toy.read({"things": [thing(1, name="renamed", company=2)], "parts": []})
    assert toy.events(toy.audit()) == [("company_moved", "1")]
    row = toy.store.database.query("select entity_name, company_id, reason from audit.findings").rows
    assert row == (("renamed", 2, "Thing renamed is bad."),)


def test_an_unchecked_finding_that_is_seen_again_goes_on(toy: Toy) -> None:
    toy.read({"things": [thing(1)], "parts": []})
    toy.audit()
    toy.read({"parts": []})
    assert toy.events(toy.audit()) == [("unchecked", "1")]
    toy.read({"things": [thing(1)], "parts": []})
    assert toy.events(toy.audit()) == [("rechecked", "1")]
    assert toy.states() == {"1": "open"}
