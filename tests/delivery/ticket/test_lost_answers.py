"""Each way in which the PSA misleads whoever writes, one at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from msp_audit.delivery.ticket import receipt_of
from msp_audit.errors import DeliveryError
from tests.delivery.ticket.harness import ACME, READING, Bench, done, finding, told

Make = Callable[..., Bench]

#: Statuses of the board Alerts.
ASSIGNED, CLOSED = 2103, 2109
DONE_ALL_THE_SAME: list[tuple[str, dict[str, Any]]] = [
    ("psa_03_gateway_timeout_after_write", {}),
    ("psa_03_gateway_timeout_after_write", {"status": 502}),
    ("psa_04_answer_lost_after_write", {}),
    ("psa_05_timeout_words_after_write", {}),
    ("psa_06_location_http", {}),
    ("psa_06_location_http", {"body": False}),
    ("psa_write_conflict", {"is_done": True}),
    ("psa_47_workflow_rule", {"status": ASSIGNED}),
]


@pytest.mark.parametrize(("name", "options"), DONE_ALL_THE_SAME)
def test_a_ticket_that_was_made_after_all_is_found_at_once(
    bench: Make, name: str, options: dict[str, Any]
) -> None:
    b = bench()
    b.run(finding("1"))
    b.sandbox.faults.add(name, times=1, path="*/service/tickets", **options)
    account = b.work()
    assert done(account) == ["create"], told(account)
    b.sandbox.faults.clear()
    assert done(b.week(finding("1"))) == []
    assert len(b.tickets) == 1


def test_the_status_that_a_workflow_rule_gave_is_seen_and_left_alone(bench: Make) -> None:
    b = bench()
    b.sandbox.faults.add("psa_47_workflow_rule", status=ASSIGNED)
    assert done(b.week(finding("1"))) == ["create"]
    assert b.ticket()["status"]["id"] == ASSIGNED
    assert done(b.week(finding("1"), finding("2"))) == ["note"]
    assert b.ticket()["status"]["id"] == ASSIGNED
    kept = b.store.database.query("select status_name from audit.tickets").scalar()
    assert kept == "Assigned"


def test_a_ticket_that_a_workflow_rule_closed_at_once_is_reopened_and_not_made_again(bench: Make) -> None:
    b = bench()
    b.run(finding("1"))
    b.sandbox.faults.add("psa_47_workflow_rule", status=CLOSED)
    assert done(b.work()) == ["create"]
    assert b.ticket()["closedFlag"]
    # What was read before the closing does not speak against it.
    b.wait(hours=1)
    b.run(finding("1"))
    assert done(b.work()) == ["reopen", "note"]
    assert (len(b.tickets), b.ticket()["status"]["name"]) == (1, "New")


@pytest.mark.parametrize(("name", "options"), [*DONE_ALL_THE_SAME[:5], DONE_ALL_THE_SAME[6]])
def test_a_note_that_was_written_after_all_is_not_written_again(
    bench: Make, name: str, options: dict[str, Any]
) -> None:
    b = bench()
    b.week(finding("1"))
    b.sandbox.faults.add(name, times=1, path="*/notes", **options)
    assert done(b.week(finding("1"), finding("2"))) == ["note"]
    assert len(b.notes(b.ticket()["id"])) == 1


def test_a_lost_request_is_not_repeated_before_it_has_settled(bench: Make) -> None:
    b = bench()
    b.run(finding("1"))
    b.sandbox.faults.add("psa_04_request_lost", times=1)
    account = b.work()
    assert receipt_of(account).status.value == "failed"
    assert b.work()[-1].status == "unclear"
    assert b.tickets == []
    b.wait(minutes=16)
    assert done(b.work()) == ["create"]
    assert len(b.tickets) == 1


def test_a_ticket_that_appears_late_is_taken_over(bench: Make) -> None:
    b = bench()
    b.run(finding("1"))
    b.sandbox.faults.add("psa_04_request_lost", times=1)
    b.work()
    key = b.store.database.query("select ticket_key from audit.tickets").scalar()
    late = {"summary": "Late", "company": {"id": ACME}, "externalXRef": key}
    b.sandbox.desk.add_ticket(late, READING)
    assert done(b.work())[0] == "create"
    b.wait(days=1)
    assert done(b.work()) == []
    assert len(b.tickets) == 1


@pytest.mark.parametrize("name", ["psa_31_status_of_another_board", "psa_write_conflict"])
def test_a_refusal_is_told_and_tried_again_next_time(bench: Make, name: str) -> None:
    b = bench()
    b.run(finding("1"))
    b.sandbox.faults.add(name, times=1)
    account = b.work()
    assert (done(account), receipt_of(account).status.value) == ([], "failed")
    assert done(b.work()) == ["create"]


def test_a_throttled_write_waits_and_is_sent_once(bench: Make) -> None:
    b = bench()
    b.run(finding("1"))
    b.sandbox.faults.add("psa_01_rate_limited", times=1, seconds=0, path="*/service/tickets", after=2)
    assert done(b.work()) == ["create"]
    assert len(b.tickets) == 1


def test_two_with_one_reference_are_reported_and_not_merged(bench: Make) -> None:
    b = bench()
    b.run(finding("1"))
    b.sandbox.faults.add("psa_49_made_twice", times=1)
    account = b.work()
    first, second = (ticket["id"] for ticket in b.tickets)
    assert f"Tickets {first}, {second} carry one reference" in told(account)
    assert [t["mergedParentTicket"] for t in b.tickets] == [None, None]
    assert done(b.week(finding("1"), finding("2"))) == ["note"]
    assert len(b.tickets) == 2


@pytest.mark.parametrize("name", ["psa_27_patch_ignored", "psa_29_patch_refused"])
def test_a_patch_is_read_back(bench: Make, name: str) -> None:
    b = bench()
    b.week(finding("1"))
    b.wait(hours=1)
    b.sandbox.desk.close(b.ticket()["id"], READING)
    b.wait(hours=1)
    b.run(finding("1"))
    options: dict[str, Any] = {"form": "all"} if "27" in name else {}
    b.sandbox.faults.add(name, **options)
    account = b.work()
    assert (done(account), receipt_of(account).status.value) == ([], "failed")
    assert b.notes(b.ticket()["id"]) == []
    b.sandbox.faults.clear()
    assert done(b.work()) == ["reopen", "note"]


def test_our_patches_name_whole_members_so_nested_paths_cannot_be_lost(bench: Make) -> None:
    b = bench(close_when_resolved=True)
    b.week(finding("1"))
    b.sandbox.faults.add("psa_27_patch_ignored", form="nested")
    assert done(b.week()) == ["note", "close"]
    assert b.ticket()["closedFlag"] is True


def test_a_note_that_is_refused_is_told_again_later(bench: Make) -> None:
    b = bench()
    b.week(finding("1"))
    b.sandbox.faults.add("psa_33_note_refused", times=1)
    account = b.week(finding("1"), finding("2"))
    assert ("Please choose where" in told(account), done(account)) == (True, [])
    assert done(b.work()) == ["note"]
    assert "1 new" in b.notes(b.ticket()["id"])[0]


@pytest.mark.parametrize("status", [403, 413, 415])
@pytest.mark.parametrize("ignores", [True, False])
def test_a_file_that_is_refused_is_kept(
    bench: Make, tmp_path: Path, caplog: pytest.LogCaptureFixture, status: int, ignores: bool
) -> None:
    b = bench(attach=("txt",), ignore_upload_attachment_error=ignores)
    b.run(finding("1"))
    b.sandbox.faults.add("psa_44_document_refused", status=status)
    account = b.work()
    assert receipt_of(account).status.value == ("sent" if ignores else "failed")
    (kept,) = (tmp_path / "MissingAttachments").iterdir()
    assert "PC-1 is not linked." in kept.read_text()
    assert f"Attached files for ticket id: {b.ticket()['id']} dumped: '{kept}'" in caplog.text


def test_a_file_whose_answer_was_lost_is_not_attached_twice(bench: Make) -> None:
    b = bench(attach=("txt",))
    b.run(finding("1"))
    b.sandbox.faults.add("psa_44_document_answer_lost", times=1)
    b.work()
    b.wait(days=1)
    b.work()
    assert len(b.sandbox.desk.documents) == 1


def test_hidden_tickets_stop_everything(bench: Make) -> None:
    b = bench()
    b.run(finding("1"))
    b.sandbox.faults.add("psa_16_level_my")
    with pytest.raises(DeliveryError, match="Service Tickets > Inquire Level to All"):
        b.work()
    assert b.tickets == []


def test_a_psa_in_trouble_is_left_alone_after_three_silences(bench: Make) -> None:
    b = bench()
    b.run(*(finding("1", rule=f"rule.r{n}") for n in range(8)))
    b.sandbox.faults.add("psa_03_gateway_timeout", path="*/service/tickets", after=1)
    account = b.work()
    assert [item.status for item in account] == ["unclear"] * 3
    assert b.tickets == []


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"board": "Alarms"}, "board: there is no 'Alarms'; there are Alerts"),
        ({"team": "Nobody"}, "team: there is no 'Nobody' of that board"),
        ({"team": 10}, "team: there is no '10' of that board"),
        ({"status": "Dispatch (old)"}, "status: there is no 'Dispatch"),
        ({"priority": "Priority 9"}, "priority: there is no 'Priority 9'; there are Priority"),
        ({"type": "Alarm"}, "type: there is no 'Alarm' of that board; there are"),
        ({"company": "Nobody Ltd"}, "company: the PSA has no company 'Nobody Ltd'"),
        ({"source": "Fax"}, "source: there is no 'Fax'"),
        ({"new_state": ">Gone"}, "new_state: there is no '>Gone'"),
        ({"priority_by_severity": {"high": "P1"}}, "priority_by_severity.high: there is no 'P1'"),
    ],
)
def test_a_field_that_is_not_there_stops_before_anything_is_written(
    bench: Make, settings: dict[str, Any], words: str
) -> None:
    b = bench(**settings)
    b.run(finding("1"))
    with pytest.raises(DeliveryError) as refusal:
        b.work()
    assert words in str(refusal.value)
    assert b.sandbox.desk.written == []


def test_names_match_with_other_dashes_and_case(bench: Make) -> None:
    b = bench(board="ALERTS", priority="Priority 3 — normal  response", company="nwi")
    b.run(finding("1"))
    assert done(b.work()) == ["create"]


def test_a_company_that_takes_no_tickets_is_replaced_by_the_own(bench: Make) -> None:
    b = bench()
    b.run(finding("1", company=258))
    b.work()
    assert b.ticket()["company"]["id"] == 2
