"""Floods: so many tickets of their own, one that collects, and the next interval goes on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from tests.delivery.ticket.harness import OWN, READING, Bench, done, finding, told
from tests.delivery.ticket.test_chaos import Crash, Tripped, Tripwire

Make = Callable[..., Bench]


def groups(count: int, *, start: int = 0) -> list[dict[str, object]]:
    return [finding("1", rule=f"rule.r{number}") for number in range(start, start + count)]


def test_500_groups_make_10_tickets_and_one_that_collects_and_the_next_interval_goes_on(bench: Make) -> None:
    b = bench()
    b.run(*groups(500))
    account = b.work()
    assert done(account).count("create") == 11, told(account)
    assert len(b.tickets) == 11
    (collecting,) = [t for t in b.tickets if "Many findings" in t["summary"]]
    assert collecting["company"]["id"] == OWN
    assert "490 groups" in collecting["summary"]
    assert done(b.work()) == []
    # Within the interval nothing more gets a ticket of its own; after it ten more do.
    b.wait(minutes=30)
    b.run(*groups(520))
    assert done(b.work()) == ["note", "attach", "attach"]
    b.wait(hours=1)
    b.run(*groups(535))
    account = b.work()
    assert (done(account).count("create"), len(b.tickets)) == (11, 22), told(account)
    assert len(b.open_tickets) == 22
    b.wait(hours=2)
    assert done(b.work()) == []


def test_what_was_collected_is_told_on_the_collecting_ticket_until_it_is_over(bench: Make) -> None:
    b = bench(ticket_flood_limit=1, close_when_resolved=True)
    b.run(*groups(3))
    b.work()
    assert len(b.tickets) == 2
    (collecting,) = [t for t in b.tickets if "Many findings" in t["summary"]]
    assert done(b.week(*groups(2))) == ["note"]
    assert "1 no longer found; 1 in all now." in b.notes(collecting["id"])[0]
    assert done(b.week(*groups(1))) == ["note", "close"]
    assert collecting["closedFlag"] is True
    b.week(*groups(1))
    # It is over, so that a group that comes back gets a ticket of its own.
    assert done(b.week(*groups(2))) == ["create"]


def test_a_collecting_ticket_that_is_closed_long_ago_lets_its_groups_go(bench: Make) -> None:
    b = bench(ticket_flood_limit=1)
    b.run(*groups(2))
    b.work()
    (collecting,) = [t for t in b.tickets if "Many findings" in t["summary"]]
    b.wait(hours=1)
    b.sandbox.desk.close(collecting["id"], READING)
    b.week(*groups(2))
    assert done(b.week(*groups(2))) == ["create"]
    assert len(b.open_tickets) == 2


def test_a_crash_in_a_flood_does_not_make_more_tickets(bench: Make) -> None:
    b = bench(ticket_flood_limit=3)
    b.run(*groups(8))
    api = b.api
    for at in (5, 6, 8, 9, 11, 12, 14, 15, 17, 18):
        wire = Tripwire(at, is_after=at % 2 == 0)
        b.system._api = Tripped(api, wire, "records", "post", "patch", "upload")  # type: ignore[assignment]
        with suppress(Crash):
            b.work()
        b.wait(minutes=3)
    b.system._api = api
    b.wait(minutes=16)
    b.work()
    b.wait(minutes=16)
    b.work()
    assert len(b.tickets) == 4
    assert len([t for t in b.tickets if "Many findings" in t["summary"]]) == 1
