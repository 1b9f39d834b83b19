"""The life of tickets: made, told, reopened, closed, followed, and left alone where people decided."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.delivery.ticket.harness import ACME, BETA, OWN, READING, Bench, done, finding, told

Make = Callable[..., Bench]


def test_one_ticket_for_each_company_and_rule(bench: Make) -> None:
    b = bench()
    b.run(
        finding("1"), finding("2"), finding("3", company=BETA), finding("4", rule="sync.asset_unsynced"),
        finding("5", company=None), finding("6", severity="low"),
    )  # fmt: skip
    account = b.work()
    assert done(account) == ["create"] * 4, told(account)
    companies = sorted((t["company"]["id"], t["summary"]) for t in b.tickets)
    assert companies == [
        (OWN, "[msp-audit] Fault sync.client_unsynced (no company)"),
        (ACME, "[msp-audit] Fault sync.asset_unsynced (Company 251)"),
        (ACME, "[msp-audit] Fault sync.client_unsynced (Company 251)"),
        (BETA, "[msp-audit] Fault sync.client_unsynced (Company 260)"),
    ]


def test_the_same_round_again_does_nothing(bench: Make) -> None:
    b = bench()
    b.run(finding("1"))
    b.work()
    written = len(b.sandbox.desk.written)
    for _ in range(3):
        b.wait(days=1)
        assert done(b.work()) == []
    b.run(finding("1"))
    assert done(b.work()) == []
    assert len(b.sandbox.desk.written) == written


def test_a_ticket_is_filled_and_keeps_quiet(bench: Make) -> None:
    b = bench(status="Assigned", type="Request", subtype="Integration", item="Mapping", source="API")
    b.run(finding("1"))
    b.work()
    ticket = b.ticket()
    names = {
        name: ticket[name]["name"] for name in ("board", "team", "status", "priority", "type", "subType")
    }
    assert names == {
        "board": "Alerts",
        "team": "Service Team",
        "status": "Assigned",
        "priority": "Priority 3 - Normal Response",
        "type": "Request",
        "subType": "Integration",
    }
    assert (ticket["impact"], ticket["severity"]) == ("Medium", "Medium")
    quiet = ("automaticEmailContactFlag", "automaticEmailResourceFlag", "automaticEmailCcFlag")
    assert [ticket[name] for name in (*quiet, "processNotifications")] == [False] * 4


def test_what_the_customer_reads_and_what_only_we_read(bench: Make) -> None:
    b = bench()
    b.run(finding("1"))
    b.work()
    visible, internal = b.sandbox.desk.notes[b.ticket()["id"]]
    assert "PC-1 is not linked." in visible["text"]
    assert "Map the client." not in visible["text"]
    assert visible["internalAnalysisFlag"] is False
    assert "Map the client." in internal["text"]
    assert b.ticket()["externalXRef"] in internal["text"]
    assert internal["internalAnalysisFlag"] is True


def test_a_note_tells_the_difference_only(bench: Make) -> None:
    b = bench(display_only_first_activity_record=False)
    b.week(finding("1"), finding("2"))
    assert done(b.week(finding("2"), finding("3"))) == ["note"]
    (note,) = b.notes(b.ticket()["id"])
    assert "1 new, 1 no longer found; 2 in all now." in note
    assert "New:\n- PC-3: PC-3 is not linked." in note
    assert "No longer found:\n- PC-1" in note
    assert "PC-2" not in note
    assert b.sandbox.desk.written[-1][2]["processNotifications"] is False


def test_notes_wait_for_the_consolidation_interval_and_are_not_lost(bench: Make) -> None:
    b = bench()
    b.week(finding("1"))
    b.run(finding("1"), finding("2"))
    assert done(b.work()) == []
    b.run(finding("1"), finding("2"), finding("3"))
    assert done(b.work()) == []
    b.wait(seconds=900)
    assert done(b.work())[0] == "note"
    (note,) = b.notes(b.ticket()["id"])
    assert "2 new; 3 in all now." in note


def test_later_changes_go_into_a_file_when_only_the_first_is_shown(bench: Make) -> None:
    b = bench()
    b.week(finding("1"))
    assert done(b.week(*(finding(str(n)) for n in range(1, 6)))) == ["note", "attach"]
    (note,) = b.notes(b.ticket()["id"])
    assert "- PC-2: PC-2 is not linked.\n… and 3 more" in note
    (content,) = [b.sandbox.desk.files[d["id"]].decode() for d in b.sandbox.desk.documents]
    assert all(f"PC-{n}" in content for n in range(2, 6))


def test_a_ticket_closed_within_the_interval_is_reopened_on_its_own_board(bench: Make) -> None:
    b = bench(new_state="In Progress")
    b.week(finding("1"))
    ticket_id = b.ticket()["id"]
    b.sandbox.desk.move(ticket_id, {"id": 22, "name": "NOC"}, READING)
    b.wait(hours=1)
    b.sandbox.desk.close(ticket_id, READING)
    b.wait(hours=20)
    b.run(finding("1"))
    account = b.work()
    assert done(account) == ["reopen", "note"], told(account)
    ticket = b.ticket()
    assert (ticket["board"]["name"], ticket["status"]["name"], ticket["closedFlag"]) == (
        "NOC", "In Progress", False,
    )  # fmt: skip
    assert "reopened, for it is still found." in b.notes(ticket_id)[0]


def test_a_ticket_closed_after_the_data_was_read_waits_for_the_next_reading(bench: Make) -> None:
    b = bench()
    b.week(finding("1"))
    b.wait(hours=1)
    b.sandbox.desk.close(b.ticket()["id"], READING)
    account = b.work()
    assert done(account) == []
    assert "the next reading decides" in told(account)
    b.wait(hours=1)
    b.run(finding("1"))
    assert done(b.work()) == ["reopen", "note"]


def test_a_ticket_closed_long_ago_gets_a_successor_that_names_it(bench: Make) -> None:
    b = bench()
    b.week(finding("1"))
    first = b.ticket()
    b.wait(hours=1)
    b.sandbox.desk.close(first["id"], READING)
    assert done(b.week(finding("1"))) == ["create"]
    assert first["closedFlag"] is True
    (second,) = b.open_tickets
    assert second["externalXRef"] == f"{first['externalXRef']}:2"
    text = b.sandbox.desk.notes[second["id"]][0]["text"]
    assert f"Previous incident for the same alert type: Id: {first['id']}" in text
    assert done(b.week(finding("1"))) == []


def test_an_earlier_ticket_beyond_the_correlation_interval_is_not_named(bench: Make) -> None:
    b = bench()
    b.week(finding("1"))
    b.sandbox.desk.close(b.ticket()["id"], READING)
    b.week()
    b.wait(days=31)
    b.week(finding("1"))
    (second,) = b.open_tickets
    assert "Previous incident" not in b.sandbox.desk.notes[second["id"]][0]["text"]


@pytest.mark.parametrize("closes", [False, True])
def test_when_all_is_resolved_the_ticket_says_so_and_may_be_closed(bench: Make, closes: bool) -> None:
    b = bench(close_when_resolved=closes)
    b.week(finding("1"), finding("2"))
    assert done(b.week(finding("2")))[0] == "note"
    assert b.ticket()["closedFlag"] is False
    expected = ["note", "close"] if closes else ["note"]
    assert done(b.week()) == expected
    assert "1 no longer found; nothing is left." in b.notes(b.ticket()["id"])[-1]
    assert b.ticket()["closedFlag"] is closes
    assert done(b.week()) == []


def test_findings_that_are_accepted_do_not_close_a_ticket(bench: Make) -> None:
    b = bench(close_when_resolved=True)
    b.week(finding("1"))
    b.store.database.execute("update audit.findings set triage = 'suppressed'")
    b.wait(days=1)
    assert done(b.work()) == ["note"]
    assert "1 accepted for a while; nothing is left." in b.notes(b.ticket()["id"])[0]
    assert b.ticket()["closedFlag"] is False


def test_findings_that_were_not_rechecked_stay_as_they_are(bench: Make) -> None:
    b = bench(close_when_resolved=True)
    b.week(finding("1"))
    b.store.database.execute("update audit.findings set detection = 'unchecked'")
    b.wait(days=7)
    assert done(b.work()) == []


def test_notes_follow_a_merge_and_its_target_is_never_closed(bench: Make) -> None:
    b = bench(close_when_resolved=True)
    b.week(finding("1"))
    ours = b.ticket()["id"]
    human = b.sandbox.desk.add_ticket({"summary": "By hand", "company": {"id": ACME}}, READING)["id"]
    b.sandbox.desk.merge(ours, human, READING)
    b.week(finding("1"), finding("2"))
    assert "1 new; 2 in all now." in b.notes(human)[0]
    b.week()
    assert "nothing is left" in b.notes(human)[1]
    assert b.sandbox.desk.tickets[human]["closedFlag"] is False
    assert b.notes(ours) == []


def test_a_deleted_ticket_is_made_anew_or_not(bench: Make) -> None:
    b = bench()
    b.week(finding("1"))
    b.sandbox.desk.delete(b.ticket()["id"])
    assert done(b.week(finding("1"))) == ["create"]
    assert b.ticket()["externalXRef"].endswith(":2")


def test_a_deleted_ticket_may_stay_deleted_until_its_findings_are_gone(bench: Make) -> None:
    b = bench(recreate_deleted=False)
    b.week(finding("1"))
    b.sandbox.desk.delete(b.ticket()["id"])
    assert done(b.week(finding("1"))) == []
    assert done(b.week(finding("1"), finding("2"))) == []
    assert done(b.week()) == []
    assert done(b.week(finding("1"))) == ["create"]


def test_edits_by_technicians_are_respected(bench: Make) -> None:
    b = bench()
    b.week(finding("1"))
    ticket = b.ticket()
    ticket |= {
        "summary": "Renamed",
        "priority": {"id": 6, "name": "Priority 1 - Emergency"},
        "customFields": [{"id": 1, "value": "a"}],
    }
    b.sandbox.desk.move(ticket["id"], {"id": 22, "name": "NOC"}, READING)
    before = {name: ticket[name] for name in ("summary", "priority", "board", "status", "customFields")}
    b.week(finding("1"), finding("2"))
    b.wait(hours=1)
    b.sandbox.desk.close(ticket["id"], READING)
    b.wait(hours=1)
    b.run(finding("1"), finding("2"))
    b.work()
    assert {name: b.ticket()[name] for name in before} == {**before, "status": b.ticket()["status"]}
    assert b.ticket()["closedFlag"] is False


def test_a_ticket_whose_reference_was_taken_away_is_left_alone(bench: Make) -> None:
    b = bench()
    b.week(finding("1"))
    b.ticket()["externalXRef"] = "somebody else's"
    account = b.week(finding("1"), finding("2"))
    assert (done(account), "another external reference" in told(account)) == ([], True)
    assert len(b.tickets) == 1


def test_without_updates_later_findings_get_another_ticket(bench: Make) -> None:
    b = bench(update_ticket_on_repetitive_alerts=False)
    b.week(finding("1"))
    assert done(b.week(finding("1"), finding("2"))) == ["create"]
    assert len(b.open_tickets) == 2
    assert done(b.week(finding("1"), finding("2"))) == []
    assert done(b.week(finding("1"))) == ["note"]


def test_without_reopening_a_closed_ticket_gets_a_successor(bench: Make) -> None:
    b = bench(reopen_ticket_on_repetitive_alerts=False)
    b.week(finding("1"))
    b.wait(hours=1)
    b.sandbox.desk.close(b.ticket()["id"], READING)
    b.wait(hours=1)
    b.run(finding("1"))
    assert done(b.work()) == ["create"]


def test_a_status_of_the_settings_counts_as_closed(bench: Make) -> None:
    b = bench(closed_ticket_states=("Monitoring",))
    b.week(finding("1"))
    statuses = READING.psa("board_statuses")
    monitoring = next(
        s for s in statuses.records(statuses.all) if s["name"] == "Monitoring" and s["board"]["id"] == 21
    )
    b.sandbox.desk.set_status(b.ticket()["id"], monitoring)
    assert done(b.week(finding("1"))) == ["create"]


def test_a_lost_ledger_finds_its_tickets_again(bench: Make, tmp_path: Path) -> None:
    b = bench()
    b.week(finding("1"))
    (tmp_path / "second").mkdir()
    other = Bench(tmp_path / "second", b.sandbox)
    other.now = b.now
    account = other.week(finding("1"))
    assert done(account) == ["adopt", "note"], told(account)
    assert len(b.tickets) == 1
    other.api.close()


def test_plan_says_what_would_happen_and_writes_nothing(bench: Make) -> None:
    b = bench()
    b.week(finding("1"))
    written = len(b.sandbox.desk.written)
    rows = b.store.database.query("select count(*) from audit.ticket_actions").scalar()
    b.wait(days=7)
    b.run(finding("1"), finding("2"), finding("3", company=BETA))
    account = b.work(is_dry=True)
    assert [(str(i.deed), i.status) for i in account if i.deed] == [
        ("note", "planned"),
        ("create", "planned"),
    ]
    assert all(item.why for item in account)
    assert len(b.sandbox.desk.written) == written
    assert b.store.database.query("select count(*) from audit.ticket_actions").scalar() == rows
    assert done(b.work()) == ["note", "create"]
