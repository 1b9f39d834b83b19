"""What the ledger remembers: causes, triage, roll-up, and any past run again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from msp_audit.audit import (
    Past,
    add_suppression,
    diff_runs,
    diff_snapshots,
    explain,
    load_suppressions,
    open_findings,
    suppression_from,
)
from msp_audit.domain import Severity
from msp_audit.errors import SettingsError, StoreError
from msp_audit.settings import RuleSettings
from msp_audit.store import QueryFailed
from tests.audit.harness import THING_BAD, Toy, part, thing

SEEN = """/*
title = "Thing is bad"
severity = "high"
key = ["thing_id"]
*/
select company_id, thing_id as entity_id, name as entity_name, 'Bad.' as reason, thing_id_of as owner
from toy.things
where is_bad
"""


@pytest.fixture
def toy(tmp_path: Path) -> Iterator[Toy]:
    made = Toy(tmp_path)
    yield made
    made.store.close()


def told(toy: Toy, run_id: int) -> list[tuple[str, str, Any, str]]:
    rows = toy.store.database.query(
        "select events.event, findings.entity_id, events.detail, events.cause"
        " from audit.finding_events as events"
        " join audit.findings as findings on events.finding_id = findings.finding_id"
        " where events.run_id = $run_id order by all",
        {"run_id": run_id},
    )
    return [(event, entity, json.loads(detail), cause) for event, entity, detail, cause in rows]


def test_severity_evidence_and_company_changes_are_events(toy: Toy) -> None:
    toy.write_rule("toy.thing_bad", SEEN)
    toy.read({"things": [{**thing(1), "thing": 5}], "parts": []})
    toy.audit()
    toy.read({"things": [{**thing(1, company=2), "thing": 6}], "parts": []})
    run = toy.audit(RuleSettings(severity={"toy.thing_bad": Severity.LOW}))
    assert told(toy, run.run_id) == [
        ("company_moved", "1", {"from": 1, "from_name": None, "to": 2, "to_name": None}, "data"),
        ("evidence_changed", "1", {"owner": [5, 6]}, "data"),
        ("severity_changed", "1", {"from": "high", "to": "low"}, "rule"),
    ]


def test_what_a_changed_rule_brings_and_takes_says_so_and_what_drifted_does_not(toy: Toy) -> None:
    toy.read({"things": [thing(1), thing(2), thing(4, bad=False)], "parts": []})
    toy.audit()
    # Even ones only, and number 6: the rule loses 1 and brings 6; 2 was mended and 8 is new by itself.
    toy.write_rule(
        "toy.thing_bad",
        THING_BAD.replace("where is_bad", "where is_bad and thing_id % 2 = 0 or thing_id = 6"),
    )
    toy.read({"things": [thing(1), thing(2, bad=False), thing(6, bad=False), thing(8)], "parts": []})
    run = toy.audit()
    assert [(event, entity, cause) for event, entity, _, cause in told(toy, run.run_id)] == [
        ("new", "6", "rule"),
        ("new", "8", "data"),
        ("resolved", "1", "rule"),
        ("resolved", "2", "data"),
    ]
    events = toy.store.database.query("select rule, event from audit.rule_events").rows
    assert events == (("toy.thing_bad", "changed"),)


def test_changed_parameters_are_a_changed_rule(toy: Toy) -> None:
    text = THING_BAD.replace("*/", "[params]\nfloor = 0\n*/").replace(
        "where is_bad", "where is_bad and thing_id > $floor"
    )
    toy.write_rule("toy.thing_bad", text)
    toy.read({"things": [thing(1), thing(2)], "parts": []})
    toy.audit()
    run = toy.audit(RuleSettings(params={"toy.thing_bad": {"floor": 1}}))
    assert [(event, entity, cause) for event, entity, _, cause in told(toy, run.run_id)] == [
        ("resolved", "1", "rule")
    ]


def test_age_and_time_to_resolve_are_counted_from_the_last_opening(toy: Toy) -> None:
    told_of: list[tuple[Any, ...]] = []
    for bad in (True, True, False, True):
        toy.read({"things": [thing(1, bad=bad)], "parts": []})
        toy.audit()
        row = toy.store.database.query("select age_days, days_to_resolve, times_reopened from audit.findings")
        told_of += row.rows
    assert told_of == [(0.0, None, 0), (7.0, None, 0), (None, 14.0, 0), (0.0, None, 1)]


def test_one_unmapped_parent_is_one_line_and_its_children_stay_in_the_ledger(toy: Toy) -> None:
    parts = [part(number, of=1) for number in range(400)]
    toy.read({"things": [thing(1)], "parts": parts})
    run = toy.audit()
    assert run.open_findings == {Severity.HIGH: 1}
    assert len(open_findings(toy.store.database)) == 1
    assert toy.store.database.query("select count(*) from audit.findings").scalar() == 401
    toy.read({"things": [thing(1, bad=False)], "parts": parts})
    run = toy.audit()
    assert run.open_findings == {Severity.LOW: 400}
    assert run.resolved == 1
    assert {event for event, *_ in told(toy, run.run_id)} == {"resolved", "unfolded"}


def test_a_child_that_cannot_be_rechecked_does_not_stay_below_a_parent_that_is_gone(toy: Toy) -> None:
    toy.read({"things": [thing(1)], "parts": [part(7, of=1)]})
    toy.audit()
    toy.read({"things": [thing(1, bad=False)]})
    run = toy.audit()
    assert toy.states("toy.part_bad") == {"7": "unchecked"}
    assert run.open_findings == {Severity.LOW: 1}


ENTRIES: dict[str, Callable[[str], dict[str, object]]] = {
    "finding": lambda found: {"finding": found[:8]},
    "rule": lambda _: {"rule": "toy.thing_bad"},
    "theme": lambda _: {"rule": "toy"},
    "company": lambda _: {"company_id": 1},
    "where": lambda _: {"where": "entity_name = 'T1' and severity = 'high'"},
}


@pytest.mark.parametrize("how", ENTRIES)
def test_what_is_suppressed_is_counted_and_comes_back_once_when_it_expires(toy: Toy, how: str) -> None:
    things = [thing(1), thing(2, company=2, bad=False)]
    toy.read({"things": things, "parts": []})
    toy.audit()
    found = str(toy.store.database.query("select finding_id from audit.findings").scalar())
    until = toy.now.date() + timedelta(days=10)
    entry = suppression_from(**ENTRIES[how](found), author="A. Admin", reason="Agreed.", until=until)
    run = toy.audit(suppressions=[entry])
    assert run.open_findings == {}
    assert [(event, cause) for event, _, _, cause in told(toy, run.run_id)] == [("suppressed", "people")]
    counts = toy.store.database.query(
        "select suppressed_count from audit.run_counts where run_id = $id", {"id": run.run_id}
    )
    assert counts.rows == ((1,),)
    listed = toy.store.database.query(
        "select match_count, ends_soon, is_expired from audit.suppressions where run_id = $id",
        {"id": run.run_id},
    )
    assert listed.rows == ((1, True, False),)
    for expected in (["suppression_expired"], []):
        toy.week += 1
        toy.read({"things": things, "parts": []})
        run = toy.audit(suppressions=[entry])
        assert [event for event, *_ in told(toy, run.run_id)] == expected
        assert run.open_findings == {Severity.HIGH: 1}
    assert toy.store.database.query("select triage, detection from audit.findings").rows == (
        ("none", "open"),
    )


def test_acknowledged_is_not_suppressed_and_an_entry_that_matches_nothing_is_told(toy: Toy) -> None:
    toy.read({"things": [thing(1)], "parts": []})
    until = toy.now.date() + timedelta(days=60)
    common = {"author": "A", "reason": "R", "until": until}
    run = toy.audit(
        suppressions=[
            suppression_from(rule="toy.thing_bad", triage="acknowledged", **common),
            suppression_from(company_id=99, **common),
        ]
    )
    assert run.open_findings == {Severity.HIGH: 1}
    assert toy.store.database.query("select triage from audit.findings").rows == (("acknowledged",),)
    unused = toy.store.database.query("select company_id from audit.suppressions where match_count = 0").rows
    assert unused == ((99,),)


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"rule": "a.b", "reason": "r", "until": "2026-02-01"}, "author"),
        ({"rule": "a.b", "author": "a", "until": "2026-02-01"}, "reason"),
        ({"rule": "a.b", "author": "a", "reason": " ", "until": "2026-02-01"}, "empty"),
        ({"rule": "a.b", "author": "a", "reason": "r"}, "until"),
        ({"author": "a", "reason": "r", "until": "2026-02-01"}, "names nothing"),
        ({"where": "1 =", "author": "a", "reason": "r", "until": "2026-02-01"}, "no SQL condition"),
        (
            {
                "where": "true) or (select 1 from audit.runs",
                "author": "a",
                "reason": "r",
                "until": "2026-02-01",
            },
            "condition",
        ),
        (
            {
                "where": "exists (from read_csv('/etc/passwd'))",
                "author": "a",
                "reason": "r",
                "until": "2026-02-01",
            },
            "condition",
        ),
    ],
)
def test_an_entry_needs_matcher_author_reason_and_end(
    toy: Toy, values: dict[str, object], complaint: str
) -> None:
    toy.read({"things": [thing(1)], "parts": []})
    with pytest.raises(SettingsError, match=complaint):
        toy.audit(suppressions=[suppression_from(**values)])
    assert toy.store.database.query("select count(*) from audit.runs").scalar() == 0


def test_the_command_writes_the_file_whole_and_the_longest_time_is_a_setting(tmp_path: Path) -> None:
    path = tmp_path / "suppressions.toml"
    today = date(2026, 1, 5)
    path.write_text("# Ours.\n")
    given = {"rule": 'a"b.c', "author": "Ä", "reason": "Line\nbreak"}
    entry = suppression_from(**given, until=date(2026, 2, 1))
    add_suppression(path, entry, today=today, max_days=90)
    assert path.read_text().startswith("# Ours.\n")
    assert load_suppressions(path, today=today, max_days=90) == (entry,)
    longer = suppression_from(**given, until=date(2026, 3, 1))
    add_suppression(path, longer, today=today, max_days=90)
    assert load_suppressions(path, today=today, max_days=90) == (longer,)
    for days in (date(2026, 12, 1), date(2026, 1, 4)):
        with pytest.raises(SettingsError):
            add_suppression(path, suppression_from(**given, until=days), today=today, max_days=90)
    with pytest.raises(SettingsError, match="max_days"):
        load_suppressions(path, today=today, max_days=30)
    assert [file.name for file in tmp_path.iterdir()] == ["suppressions.toml"]


@pytest.fixture
def published(tmp_path: Path) -> tuple[Toy, Path, list[tuple[Any, ...]]]:
    toy = Toy(tmp_path, in_memory=False)
    ledgers = []
    for number, things in enumerate(
        (
            [thing(1), thing(2)],
            [thing(1, name="renamed"), thing(2, bad=False)],
            [thing(1), thing(3, company=2)],
        )
    ):
        if number == 2:
            toy.write_rule("toy.thing_bad", THING_BAD.replace("is bad.", "is rotten."))
        toy.read({"things": things, "parts": [part(7, of=1)]})
        toy.audit()
        ledgers.append(toy.store.database.query("from audit.findings order by finding_id").rows)
    path = tmp_path / "published.duckdb"
    toy.store.publish(path)
    toy.store.close()
    return toy, path, ledgers


def test_findings_and_relations_as_of_every_run(published: tuple[Toy, Path, list[tuple[Any, ...]]]) -> None:
    toy, path, ledgers = published
    columns = "finding_id, rule, severity, entity_name, reason, detection, last_seen_run_id, times_reopened"
    names = {1: ["T1", "T2"], 2: ["renamed", "T2"], 3: ["T1", "T3"]}
    for run_id, ledger in enumerate(ledgers, start=1):
        with Past(path, views=toy.views, when=run_id) as past:
            lines = past.query(f"select {columns} from audit.findings order by finding_id").rows
            wanted = [(r[0], r[1], r[3], r[7], r[8], r[10], r[15], r[19]) for r in ledger]
            assert list(lines) == wanted
            found = past.query("select name from toy.things order by thing_id").rows
            assert [name for (name,) in found] == names[run_id]
            with pytest.raises(QueryFailed):
                past.query("from read_text('/etc/hostname')")


def test_a_finding_is_explained_by_the_rule_and_the_rows_of_its_day(
    published: tuple[Toy, Path, list[tuple[Any, ...]]],
) -> None:
    toy, path, ledgers = published
    ids = {line[6]: line[0] for line in ledgers[-1] if line[1] == "toy.thing_bad"}
    gone = explain(path, ids["2"][:8], views=toy.views)
    assert gone.rule is not None
    assert "is bad." in gone.rule.sql
    assert gone.rows is not None
    assert gone.rows.records() == [
        {"company_id": 1, "entity_id": 2, "entity_name": "T2", "reason": "Thing T2 is bad."}
    ]
    still = explain(path, ids["1"], views=toy.views)
    assert still.rule is not None
    assert "is rotten." in still.rule.sql
    with pytest.raises(StoreError, match="No finding"):
        explain(path, "0000000000000000", views=toy.views)


def test_a_diff_says_by_company_what_changed(published: tuple[Toy, Path, list[tuple[Any, ...]]]) -> None:
    toy, path, _ = published
    rows = {row[:3]: row[4:] for row in diff_runs(path, before=1, after=3, views=toy.views)}
    assert rows == {
        ("inventory", "toy.things", 1): (0, 1, 0),
        ("inventory", "toy.things", 2): (1, 0, 0),
        ("findings", "toy.thing_bad", 1): (0, 1, 0),
        ("findings", "toy.thing_bad", 2): (1, 0, 0),
    }
    changed = diff_snapshots(path, before=1, after=2, views=toy.views, by_item=True)
    assert [(row[1], row[4], row[6]) for row in changed] == [
        ("toy.things", "1", "changed"),
        ("toy.things", "2", "changed"),
    ]
    with pytest.raises(StoreError, match="no run 9"):
        diff_runs(path, before=1, after=9, views=toy.views)
