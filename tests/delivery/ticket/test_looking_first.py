"""What is there is looked for before anything is made or attached, also after a crash."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from msp_audit.delivery.ticket.model import RemoteTicket
from tests.delivery.ticket.harness import ACME, READING, Bench, done, finding, told
from tests.delivery.ticket.test_chaos import Crash, Tripped, Tripwire

Make = Callable[..., Bench]


class FirstSearchMisses:
    """A system in which tickets turn up between the first search and the making."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._searches = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def find(self, groups: Sequence[str]) -> Mapping[str, Sequence[RemoteTicket]]:
        self._searches += 1
        found: Mapping[str, Sequence[RemoteTicket]] = self._inner.find(groups)
        return found if self._searches > 1 else {group: [] for group in groups}


def without_ledger(b: Bench, folder: Path, **settings: Any) -> Bench:
    folder.mkdir()
    other = Bench(folder, b.sandbox, **settings)
    other.now = b.now
    return other


def test_a_ticket_that_turns_up_just_before_it_is_made_is_taken_over(bench: Make, tmp_path: Path) -> None:
    b = bench()
    b.week(finding("1"))
    other = without_ledger(b, tmp_path / "other")
    other.run(finding("1"))
    assert done(other.work(system=FirstSearchMisses(other.system))) == ["adopt", "note"]
    assert len(b.tickets) == 1
    other.api.close()


def test_a_lost_ledger_is_no_flood(bench: Make, tmp_path: Path) -> None:
    b = bench()
    many = [finding("1", rule=f"rule.r{number}") for number in range(4)]
    b.week(*many)
    other = without_ledger(b, tmp_path / "other", ticket_flood_limit=1)
    other.run(*many)
    account = other.work()
    assert done(account) == ["adopt", "note"] * 4, told(account)
    assert len(b.tickets) == 4
    other.api.close()


def test_a_file_that_was_attached_before_a_crash_is_not_attached_again(bench: Make) -> None:
    b = bench(attach=("txt",))
    b.run(finding("1"))
    api = b.api
    b.system._api = Tripped(api, Tripwire(1, is_after=True), "upload")  # type: ignore[assignment]
    with suppress(Crash):
        b.work()
    b.system._api = api
    assert len(b.sandbox.desk.documents) == 1
    b.wait(days=1)
    b.work()
    assert len(b.sandbox.desk.documents) == 1
    assert b.actions() == [("create", "done"), ("attach", "done")]


def test_a_close_that_was_begun_is_not_done_to_what_the_ticket_was_merged_into(bench: Make) -> None:
    b = bench(close_when_resolved=True)
    b.week(finding("1"))
    ours = b.ticket()["id"]
    b.system._api = Tripped(b.api, Tripwire(1, is_after=False), "patch")  # type: ignore[assignment]
    with suppress(Crash):
        b.week()
    b.system._api = b.api
    assert b.actions()[-1] == ("close", "intended")
    human = b.sandbox.desk.add_ticket({"summary": "By hand", "company": {"id": ACME}}, READING)["id"]
    b.sandbox.desk.merge(ours, human, READING)
    b.wait(days=1)
    assert done(b.work()) == []
    assert b.sandbox.desk.tickets[human]["closedFlag"] is False
    assert b.actions()[-1] == ("close", "void")


def test_a_crash_between_any_two_steps_leaves_one_ticket_that_knows_everything(bench: Make) -> None:
    b = bench()
    steps = ("execute", "insert_rows", "query")
    for at in range(1, 60):
        wire = Tripwire(at, is_after=at % 2 == 0)
        b.wait(hours=2)
        b.run(finding("1"), finding(f"{1 + at % 3}"))
        b.system._api = Tripped(b.api, wire, "records", "post", "patch")  # type: ignore[assignment]
        b.database = Tripped(b.store.database, wire, *steps)
        with suppress(Crash):
            b.work()
        b.system._api, b.database = b.api, b.store.database
        assert len(b.tickets) <= 1
    b.wait(days=1)
    b.work()
    b.wait(days=1)
    assert done(b.work()) == []
    assert len(b.tickets) == 1
