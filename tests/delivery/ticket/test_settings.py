"""Settings that no other test here turns: each does what docs/tickets.md says."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from msp_audit.connectors.psa.tickets import WriteUnclear
from msp_audit.delivery.ticket import RIGHTS
from msp_audit.settings import TicketSettings
from tests.delivery.ticket.harness import ACME, BETA, READING, Bench, done, finding

Make = Callable[..., Bench]


@pytest.mark.parametrize(
    ("per", "summaries"),
    [
        (
            "theme",
            [
                "[msp-audit] Audit findings: hygiene (Company 251)",
                "[msp-audit] Audit findings: sync (Company 251)",
                "[msp-audit] Audit findings: sync (Company 260)",
            ],
        ),
        ("run", ["[msp-audit] Audit findings (Company 251)", "[msp-audit] Audit findings (Company 260)"]),
    ],
)
def test_findings_share_a_ticket_as_the_setting_says(bench: Make, per: str, summaries: list[str]) -> None:
    b = bench(per=per)
    b.week(
        finding("1"), finding("2", rule="sync.other"), finding("3", rule="hygiene.serial"),
        finding("4", company=BETA),
    )  # fmt: skip
    assert sorted(ticket["summary"] for ticket in b.tickets) == summaries
    assert done(b.week(finding("1"), finding("4", company=BETA)))[0] == "note"


def test_only_the_rules_and_themes_that_are_named_make_tickets(bench: Make) -> None:
    b = bench(rules=("hygiene", "sync.other"), severity_floor="high")
    b.week(
        finding("1"), finding("2", rule="sync.other"), finding("3", rule="hygiene.serial"),
        finding("4", rule="hygiene.name", severity="medium"),
    )  # fmt: skip
    assert len(b.tickets) == 2


def test_notes_for_the_customer_and_the_psas_own_mails_have_to_be_asked_for(bench: Make) -> None:
    b = bench(notes="customer", notifications=True)
    b.week(finding("1"))
    b.week(finding("1"), finding("2"))
    note = b.sandbox.desk.notes[b.ticket()["id"]][-1]
    assert (note["detailDescriptionFlag"], note["internalAnalysisFlag"]) == (True, False)
    for _, _, body in b.sandbox.desk.written:
        assert not {"processNotifications", "automaticEmailContactFlag"} & set(body)


def test_a_worse_finding_has_its_own_priority(bench: Make) -> None:
    b = bench(priority_by_severity={"critical": "Priority 1 - Emergency"})
    b.week(finding("1", severity="critical"), finding("2", company=BETA))
    assert {t["company"]["id"]: t["priority"]["name"][:10] for t in b.tickets} == {
        ACME: "Priority 1",
        BETA: "Priority 3",
    }


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"enable_ticket_correlation": False}, ""),
        (
            {"correlation_ticket_format": "Was %id%, %summary%, %closed%, %nix%"},
            "Was {id}, [msp-audit] Fault sync.client_unsynced (Company 251), 2026-11-09, %nix%",
        ),
        ({"correlation_ticket_format": "Was %id%", "description": "Plain."}, "Was {id}"),
    ],
)
def test_earlier_tickets_are_named_as_the_settings_say(
    bench: Make, settings: dict[str, object], line: str
) -> None:
    b = bench(**settings)
    b.week(finding("1"))
    first = b.ticket()["id"]
    b.wait(hours=1)
    b.sandbox.desk.close(first, READING)
    b.week(finding("1"))
    (second,) = b.open_tickets
    text = b.sandbox.desk.notes[second["id"]][0]["text"]
    assert text.rstrip().endswith(line.format(id=first))
    assert (str(first) in text) is bool(line)


def test_finished_steps_are_forgotten_by_number_and_by_age_and_tickets_are_not(bench: Make) -> None:
    b = bench(ticket_requests_retention={"request_limit": 2, "request_limit_interval": 30 * 86_400})
    for number in range(1, 5):
        b.week(*(finding(str(n)) for n in range(number)))
    assert b.actions() == [("note", "done"), ("note", "done")]
    b.wait(days=60)
    b.work()
    assert b.actions() == []
    assert done(b.week(finding("1"), finding("2"), finding("3"), finding("9"))) == ["note"]
    assert len(b.tickets) == 1


def test_a_write_is_waited_for_as_long_as_the_setting_says(bench: Make) -> None:
    b = bench(request_timeout=0.1)
    b.run(finding("1"))
    # Reading has a patience of its own, so that what became of the write can be looked up.
    b.sandbox.faults.add("delay_ms", ms=300, path="*/service/tickets")
    b.work()
    assert len(b.tickets) == 1
    ticket = {"summary": "By hand", "company": {"id": ACME}}
    with pytest.raises(WriteUnclear, match="was not answered"):
        b.api.post("/service/tickets", ticket)
    patient = bench(request_timeout=10)
    patient.system.prepare()
    assert patient.api.post("/service/tickets", ticket)["summary"] == "By hand"


PAGE = (Path(__file__).parents[3] / "docs" / "tickets.md").read_text(encoding="utf-8")


def rows(chapter: str) -> list[list[str]]:
    """Cells of the table below a heading."""
    body = PAGE.partition(f"\n## {chapter}\n")[2].partition("\n## ")[0]
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in body.splitlines()
        if line.startswith("|") and not line.startswith("|---")
    ][1:]


def test_the_page_names_every_right_that_is_checked_and_no_other() -> None:
    listed = {
        (module, line.partition(" (")[0], level)
        for module, line, levels, _ in rows("Rights of the API member")
        for level in levels.removesuffix(" *All*").split(", ")
    }
    assert listed == {
        (right.module, right.functions[0], right.level.removesuffix("Level").capitalize()) for right in RIGHTS
    }


def test_the_page_maps_the_add_ons_parameters_to_settings_that_exist_with_their_defaults() -> None:
    known = TicketSettings(company=1, board=1)
    kept = known.ticket_requests_retention.model_dump()
    checked = set()
    for parameters, defaults, settings, _ in rows("Coming from the Netwrix add-on"):
        names = re.findall(r"`(\w+)`", settings)
        if settings == "none" or settings.endswith("`[psa]`"):
            continue
        assert names, parameters
        values = {**known.model_dump(), **(kept if "ticket_requests_retention" in settings else {})}
        assert set(names) <= values.keys()
        numbers = re.fullmatch(r"(\d+|true|false)(?:, (\d+|true|false))?", defaults)
        for name, default in zip(names, numbers.groups() if numbers else (), strict=False):
            assert default in (None, str(values[name]).lower()), name
            checked.add(name)
    assert len(checked) == 13
