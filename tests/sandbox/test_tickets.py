"""The ticket side of the PSA stand-in, and its faults, through real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from msp_audit.sandbox import Sandbox, sample_weeks, samples_folder
from msp_audit.sandbox.reading import Reading

API = "/v2026_4/apis/3.0"
ALERTS = {"id": 21}
READING = Reading(sample_weeks(samples_folder())[0])


@pytest.fixture(scope="module")
def serving() -> Iterator[Sandbox]:
    with Sandbox(READING.folder) as sandbox:
        yield sandbox


@pytest.fixture
def desk(serving: Sandbox) -> Iterator[Sandbox]:
    serving.faults.clear()
    for ticket_id in list(serving.desk.tickets):
        serving.desk.delete(ticket_id)
    yield serving
    serving.faults.clear()


@pytest.fixture
def caller(desk: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=f"{desk.psa_url}{API}",
        auth=("northwind+public", "private"),
        headers={"clientId": "00000000-0000-4000-8000-000000000001"},
    ) as caller:
        yield caller


def new(**members: Any) -> dict[str, Any]:
    return {"summary": "Disk full", "company": {"id": 2}, "board": ALERTS, "externalXRef": "x:1", **members}


def made(caller: httpx.Client, **members: Any) -> int:
    answer = caller.post("/service/tickets", json=new(**members))
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def status_ids(board: int, *, closed: bool) -> list[int]:
    records = READING.psa("board_statuses")
    return [
        r["id"]
        for r in records.records(records.all)
        if r["board"]["id"] == board and r["closedStatus"] == closed and not r["inactive"]
    ]


def test_a_ticket_gets_the_defaults_of_its_board(caller: httpx.Client) -> None:
    ticket = caller.get(f"/service/tickets/{made(caller)}").json()
    assert ticket["board"] == {"id": 21, "name": "Alerts"}
    assert ticket["status"]["name"] == "New"
    assert (ticket["closedFlag"], ticket["mergedParentTicket"]) == (False, None)


def test_initial_texts_become_notes_and_are_not_returned(caller: httpx.Client) -> None:
    ticket_id = made(caller, initialDescription="For all.", initialInternalAnalysis="For us.")
    assert "initialDescription" not in caller.get(f"/service/tickets/{ticket_id}").json()
    notes = caller.get(f"/service/tickets/{ticket_id}/notes").json()
    assert [(n["text"], n["internalAnalysisFlag"]) for n in notes] == [("For all.", False), ("For us.", True)]


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"summary": ""}, "summary field is required"),
        ({"summary": "x" * 101}, "maximum length of 100"),
        ({"company": 250}, "Error converting value"),
        ({"company": {"id": 99999}}, "Company 99999 not found"),
        ({"status": {"id": 17}}, "Service Status 17 not found for Service Board 21"),
        ({"team": {"id": 10}}, "Service Team 10 not found for Service Board 21"),
        ({"type": {"id": 1}}, "Service Type 1 not found for Service Board 21"),
        ({"impact": "Critical"}, "Error converting value"),
    ],
)
def test_what_is_not_valid_is_refused(caller: httpx.Client, members: dict[str, Any], words: str) -> None:
    answer = caller.post("/service/tickets", json=new(**members))
    assert (answer.status_code, words in answer.text) == (400, True), answer.text
    assert caller.get("/service/tickets").json() == []


def test_closing_and_reopening_are_statuses_of_the_own_board(caller: httpx.Client) -> None:
    ticket_id = made(caller)
    (closed,) = status_ids(21, closed=True)
    patch = [{"op": "replace", "path": "status", "value": {"id": closed}}]
    ticket = caller.patch(f"/service/tickets/{ticket_id}", json=patch).json()
    assert (ticket["closedFlag"], bool(ticket["closedDate"])) == (True, True)
    other = [{"op": "replace", "path": "status", "value": {"id": status_ids(1, closed=False)[0]}}]
    assert caller.patch(f"/service/tickets/{ticket_id}", json=other).status_code == 400
    back = [{"op": "replace", "path": "/status", "value": {"id": status_ids(21, closed=False)[0]}}]
    assert caller.patch(f"/service/tickets/{ticket_id}", json=back).json()["closedFlag"] is False


def test_a_note_says_where_it_is_shown(caller: httpx.Client) -> None:
    ticket_id = made(caller)
    answer = caller.post(f"/service/tickets/{ticket_id}/notes", json={"text": "Lost."})
    assert (answer.status_code, "Please choose where" in answer.text) == (400, True)
    flagged = {"text": "Kept.", "internalAnalysisFlag": True}
    assert caller.post(f"/service/tickets/{ticket_id}/notes", json=flagged).status_code == 201
    assert [n["text"] for n in caller.get(f"/service/tickets/{ticket_id}/notes").json()] == ["Kept."]


def test_tickets_are_found_by_reference_and_id(caller: httpx.Client) -> None:
    first, second = made(caller, externalXRef="a:1"), made(caller, externalXRef="A:1:2")
    made(caller, externalXRef="b")
    found = caller.get("/service/tickets", params={"conditions": 'externalXRef like "a:1%"'}).json()
    assert [t["id"] for t in found] == [first, second]
    by_id = caller.get("/service/tickets", params={"conditions": f"id in ({second},5)"}).json()
    assert [t["id"] for t in by_id] == [second]


def test_what_technicians_do(caller: httpx.Client, desk: Sandbox) -> None:
    child, parent = made(caller), made(caller)
    desk.desk.merge(child, parent, READING)
    assert caller.get(f"/service/tickets/{child}").json()["mergedParentTicket"]["id"] == parent
    note = {"text": "Late.", "internalAnalysisFlag": True}
    assert caller.post(f"/service/tickets/{child}/notes", json=note).status_code == 400
    desk.desk.move(parent, {"id": 22, "name": "NOC"}, READING)
    assert caller.get(f"/service/tickets/{parent}").json()["status"]["id"] in status_ids(22, closed=False)
    assert caller.delete(f"/service/tickets/{parent}").status_code == 204
    assert caller.get(f"/service/tickets/{parent}").status_code == 404


def test_documents_are_forms_and_can_be_listed(caller: httpx.Client) -> None:
    ticket_id = made(caller)
    assert caller.post("/system/documents", json={"recordId": ticket_id}).status_code == 415
    form = {"recordType": "Ticket", "recordId": str(ticket_id), "title": "List", "privateFlag": "true"}
    answer = caller.post("/system/documents", data=form, files={"file": ("list.txt", b"one\r\ntwo")})
    assert answer.status_code == 201, answer.text
    listed = caller.get("/system/documents", params={"recordType": "Ticket", "recordId": ticket_id}).json()
    assert [(d["title"], d["fileName"], d["size"]) for d in listed] == [("List", "list.txt", 8)]


def test_a_role_without_the_right_is_refused(caller: httpx.Client, desk: Sandbox) -> None:
    ticket_id = made(caller)
    desk.faults.add("psa_15_forbidden", path="*/service/tickets")
    assert caller.post("/service/tickets", json=new()).status_code == 403
    assert list(desk.desk.tickets) == [ticket_id]


#: Fault, options, status of the answer (0: none came), tickets that are there then.
WHEN_CREATING = [
    ("psa_03_gateway_timeout_after_write", {}, 504, 1),
    ("psa_04_answer_lost_after_write", {}, 0, 1),
    ("psa_04_request_lost", {}, 0, 0),
    ("psa_05_timeout_words_after_write", {}, 500, 1),
    ("psa_06_location_http", {}, 201, 1),
    ("psa_06_location_http", {"body": False}, 201, 1),
    ("psa_31_status_of_another_board", {}, 400, 0),
    ("psa_49_made_twice", {}, 201, 2),
    ("psa_write_conflict", {}, 409, 0),
    ("psa_write_conflict", {"is_done": True}, 409, 1),
]


@pytest.mark.parametrize(("name", "options", "status", "count"), WHEN_CREATING)
def test_faults_of_creating(
    caller: httpx.Client, desk: Sandbox, name: str, options: dict[str, Any], status: int, count: int
) -> None:
    desk.faults.add(name, times=1, **options)
    assert caller.get("/service/tickets").json() == []
    try:
        answered = caller.post("/service/tickets", json=new()).status_code
    except httpx.RemoteProtocolError:
        answered = 0
    assert (answered, len(desk.desk.tickets)) == (status, count)
    made(caller)


def test_a_workflow_rule_changes_the_status_at_once(caller: httpx.Client, desk: Sandbox) -> None:
    status = status_ids(21, closed=False)[2]
    desk.faults.add("psa_47_workflow_rule", status=status)
    assert caller.get(f"/service/tickets/{made(caller)}").json()["status"]["id"] == status


@pytest.mark.parametrize(("form", "path"), [("nested", "status/id"), ("all", "status")])
def test_a_patch_that_is_ignored(caller: httpx.Client, desk: Sandbox, form: str, path: str) -> None:
    ticket_id, wanted = made(caller), status_ids(21, closed=False)[1]
    desk.faults.add("psa_27_patch_ignored", form=form)
    value: Any = wanted if "/" in path else {"id": wanted}
    patch = [{"op": "replace", "path": path, "value": value}]
    answer = caller.patch(f"/service/tickets/{ticket_id}", json=patch)
    assert (answer.status_code, answer.json()["status"]["name"]) == (200, "New")
    desk.faults.clear()
    assert caller.patch(f"/service/tickets/{ticket_id}", json=patch).json()["status"]["id"] == wanted


def test_refusals_of_patches_notes_and_files(caller: httpx.Client, desk: Sandbox) -> None:
    ticket_id = made(caller)
    desk.faults.add("psa_29_patch_refused")
    desk.faults.add("psa_33_note_refused")
    assert "InvalidPatch" in caller.patch(f"/service/tickets/{ticket_id}", json=[]).text
    note = {"text": "Kept.", "internalAnalysisFlag": True}
    assert "Please choose" in caller.post(f"/service/tickets/{ticket_id}/notes", json=note).text
    form = {"recordType": "Ticket", "recordId": str(ticket_id), "title": "List"}
    for status in (403, 413, 415):
        desk.faults.add("psa_44_document_refused", status=status, times=1)
        answer = caller.post("/system/documents", data=form, files={"file": ("list.txt", b"one")})
        assert answer.status_code == status
    desk.faults.add("psa_44_document_answer_lost")
    with pytest.raises(httpx.RemoteProtocolError):
        caller.post("/system/documents", data=form, files={"file": ("list.txt", b"one")})
    assert len(desk.desk.documents) == 1
