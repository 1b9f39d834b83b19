"""One finding's whole story, printed as a person would read the tickets (pytest -s shows it)."""

from __future__ import annotations

from collections.abc import Callable

from tests.delivery.ticket.harness import READING, Bench, done, finding


def test_the_story_of_one_finding(bench: Callable[..., Bench]) -> None:
    b = bench(close_when_resolved=True, display_only_first_activity_record=False)
    b.week(finding("1"))
    first = b.ticket()["id"]
    assert done(b.week(finding("1"), finding("2"))) == ["note"]
    b.wait(hours=2)
    b.sandbox.desk.add_note(first, {"text": "Mapped both, closing.", "internalAnalysisFlag": True})
    b.sandbox.desk.close(first, READING)
    b.wait(hours=4)
    b.run(finding("1"))
    assert done(b.work()) == ["reopen", "note"]
    assert done(b.week()) == ["note", "close"]
    assert done(b.week()) == []
    assert done(b.week(finding("1"))) == ["create"]
    (second,) = (ticket["id"] for ticket in b.open_tickets)
    story = f"{b.history(first)}\n\n{b.history(second)}"
    print(story)  # noqa: T201  (for the reader)
    steps = (
        "- PC-1: PC-1 is not linked.",
        "1 new; 2 in all now.",
        "Mapped both, closing.",
        "2026-11-16 09:02: status is now >Closed",
        "2026-11-16 13:03: status is now New",
        "reopened, for it is still found. 1 no longer found; 1 in all now.",
        "1 no longer found; nothing is left.",
        "2026-11-23 13:04: status is now >Closed",
        f"Ticket {second}:",
        f"Previous incident for the same alert type: Id: {first}",
    )
    places = [story.index(step) for step in steps]
    assert places == sorted(places)
    assert f"Ticket {first}: [msp-audit] Fault sync.client_unsynced (Company 251) [>Closed]" in story
