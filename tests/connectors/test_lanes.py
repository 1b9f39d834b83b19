"""Lanes and slots: nothing is lost, nobody is left waiting, and a limit is a limit."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from msp_audit.connectors.base import Event, Page
from msp_audit.connectors.lanes import AHEAD, Lanes
from msp_audit.connectors.slots import Slots


def pages(name: str, count: int, *, made: list[int] | None = None) -> Iterator[Event]:
    for number in range(count):
        if made is not None:
            made.append(number)
        yield Page(resource=name, records=[{"id": number}])


def failing(name: str) -> Iterator[Event]:
    yield from pages(name, 2)
    raise RuntimeError("struck")


def test_every_event_comes_and_a_lane_keeps_its_order() -> None:
    found: dict[str, list[int]] = {"one": [], "two": []}
    for event in Lanes(pages("one", 200), pages("two", 300)).events():
        assert isinstance(event, Page)
        found[event.resource].append(event.records[0]["id"])
    assert found == {"one": list(range(200)), "two": list(range(300))}


def test_what_a_lane_raises_is_raised_and_the_others_end() -> None:
    before = threading.active_count()
    made: list[int] = []
    with pytest.raises(RuntimeError, match="struck"):
        list(Lanes(failing("one"), pages("two", 1_000_000, made=made)).events())
    assert len(made) < 1_000_000
    assert threading.active_count() == before


def test_lanes_run_only_a_little_ahead_and_end_when_nobody_listens() -> None:
    before = threading.active_count()
    made: list[int] = []
    lanes = Lanes(pages("one", 1_000, made=made))
    events = lanes.events()
    assert isinstance(next(iter(events)), Page)
    time.sleep(0.3)
    assert len(made) <= AHEAD + 3
    events.close()  # type: ignore[attr-defined]
    assert lanes.is_stopped
    assert threading.active_count() == before


def test_no_more_than_the_width_are_in_flight_and_the_end_waits_for_them() -> None:
    slots = Slots(3)
    lock = threading.Lock()
    running: list[int] = []
    most = 0

    def request(number: int) -> None:
        nonlocal most
        with slots.one():
            with lock:
                running.append(number)
                most = max(most, len(running))
            time.sleep(0.05)
            with lock:
                running.remove(number)

    threads = [threading.Thread(target=request, args=(number,)) for number in range(9)]
    for thread in threads:
        thread.start()
    time.sleep(0.02)
    with slots.all(within=5):
        assert running == []
        assert slots.ended.is_set()
    for thread in threads:
        thread.join()
    assert most == 3


def test_a_request_that_is_stuck_does_not_hold_up_the_end() -> None:
    slots = Slots(2)
    with slots.one():
        began = time.monotonic()
        with slots.all(within=0.1):
            assert time.monotonic() - began < 1
    with slots.one(), slots.one():
        assert slots.ended.is_set()
