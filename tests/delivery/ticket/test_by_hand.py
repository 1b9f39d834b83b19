"""The test ticket, taking tickets over by hand, and the rights."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from msp_audit.connectors.psa.tickets import WriteRefused
from msp_audit.delivery.ticket import RIGHTS, Surroundings, missing_rights, take_over, try_out
from msp_audit.errors import DeliveryError
from tests.delivery.ticket.harness import ACME, READING, Bench, done, finding, told

Make = Callable[..., Bench]


def around(b: Bench) -> Surroundings:
    return Surroundings(
        settings=b.settings, name="nw", root=b.folder, now=lambda: b.now, sleep=lambda _: None
    )


def test_the_test_ticket_is_made_with_its_file_and_read_back(bench: Make) -> None:
    b = bench()
    trial = try_out(b.system, now=b.now, sleep=lambda _: None)
    assert (trial.failed, trial.rights) == ((), ())
    assert len(trial.passed) == 4
    assert b.ticket()["summary"] == "[msp-audit] Test Alert"
    assert [d["fileName"] for d in b.sandbox.desk.documents] == ["TestAttachment.txt"]
    assert b.system.close(trial.ticket).is_closed


def test_the_test_ticket_says_what_does_not_work(bench: Make) -> None:
    b = bench()
    b.sandbox.faults.add("psa_44_document_refused")
    b.sandbox.faults.add("psa_33_note_refused")
    trial = try_out(b.system, now=b.now, sleep=lambda _: None)
    assert [sentence.split(":")[0] for sentence in trial.failed] == [
        "No note could be written",
        "TestAttachment.txt could not be attached",
    ]


def test_a_test_ticket_whose_answer_was_lost_is_found(bench: Make) -> None:
    b = bench()
    b.sandbox.faults.add("psa_04_answer_lost_after_write", times=1)
    assert try_out(b.system, now=b.now, sleep=lambda _: None).ticket.ticket_id == b.ticket()["id"]


def test_a_test_without_the_right_to_make_tickets_says_so(bench: Make) -> None:
    b = bench()
    b.sandbox.faults.add("psa_15_forbidden", path="*/service/tickets")
    with pytest.raises(WriteRefused, match="do not have security permission"):
        try_out(b.system, now=b.now, sleep=lambda _: None)


def test_a_ticket_made_by_hand_is_taken_over(bench: Make) -> None:
    b = bench()
    b.run(finding("1"))
    (planned,) = [item for item in b.work(is_dry=True) if item.deed]
    human = b.sandbox.desk.add_ticket({"summary": "By hand", "company": {"id": ACME}}, READING)
    database = b.store.database
    key = planned.ticket_key
    row = take_over(b.system, database, around(b), database=database, key=key, ticket_id=human["id"])
    assert row.ticket_key == key == b.ticket()["externalXRef"]
    account = b.work()
    assert done(account) == ["note"], told(account)
    assert "1 new; 1 in all now." in b.notes(human["id"])[0]
    assert b.ticket()["summary"] == "By hand"


def test_a_ticket_of_another_tool_is_not_taken_over(bench: Make) -> None:
    b = bench()
    b.run(finding("1"))
    key = next(item.ticket_key for item in b.work(is_dry=True) if item.deed)
    foreign = b.sandbox.desk.add_ticket(
        {"summary": "RMM", "company": {"id": ACME}, "externalXRef": "TRMM-Alert"}, READING
    )
    database = b.store.database
    for ticket_id, words in ((foreign["id"], "of somebody else"), (5, "has no ticket 5")):
        with pytest.raises(DeliveryError, match=words):
            take_over(b.system, database, around(b), database=database, key=key, ticket_id=ticket_id)
    with pytest.raises(DeliveryError, match="No open findings"):
        take_over(b.system, database, around(b), database=database, key="nonsense", ticket_id=foreign["id"])
    assert b.ticket()["externalXRef"] == "TRMM-Alert"


def test_a_reference_that_was_taken_away_can_be_given_back(bench: Make) -> None:
    b = bench()
    b.week(finding("1"))
    key = b.ticket()["externalXRef"]
    b.ticket()["externalXRef"] = None
    assert done(b.week(finding("1"), finding("2"))) == []
    database = b.store.database
    take_over(b.system, database, around(b), database=database, key=key, ticket_id=b.ticket()["id"])
    assert done(b.work()) == ["note", "attach"]
    assert len(b.tickets) == 1


def test_every_missing_right_is_named() -> None:
    assert missing_rights(None, has_contact=True) == []
    none = [
        {"moduleFunctionName": name, "inquireLevel": "None", "addLevel": "My", "editLevel": "None"}
        for right in RIGHTS
        for name in right.functions[:1]
    ]
    assert len(missing_rights(none, has_contact=True)) == len(RIGHTS) == 9
    assert len(missing_rights(none, has_contact=False)) == 8
    every = [{**record, "inquireLevel": "All", "addLevel": "All", "editLevel": "All"} for record in none]
    assert missing_rights(every, has_contact=True) == []
    words = " ".join(map(str, missing_rights(none, has_contact=True)))
    assert "Service Desk > Close Service Tickets > Edit Level to All" in words
