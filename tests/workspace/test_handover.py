"""Deliveries over a published ledger: when they are due, once each, and as mails of one rule each."""

from __future__ import annotations

import email
import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from msp_audit.delivery import ReceiptStatus
from msp_audit.settings import Settings
from msp_audit.store.reader import Reader
from msp_audit.workspace.handover import Handed, Handover
from tests.reporting import estate

DESK = """
title = "Findings for the service desk"
scope = "{scope}"
subject = "[{{reference}}] {{title}} ({{scope}}): {{open}} open"
sections = ["not_checked", "summary", "changes"]
mail_sections = ["summary", "changes"]
severity_floor = "low"
"""
Deliver = Callable[..., Sequence[Handed]]


def build(path: Path, run_id: int = 3, *, is_over: bool = False) -> None:
    """A ledger of *run_id* runs: two companies, two rules; of one rule nothing is left once it *is_over*."""
    path.unlink(missing_ok=True)
    made = estate.Estate(path)
    for number in range(1, run_id + 1):
        made.run(number)
        made.rule(number, "hygiene.computer_stale")
        made.rule(number, "coverage.computer_without_configuration")
    for company in estate.COMPANIES[:2]:
        made.finding("hygiene.computer_stale", company=company)
    made.finding(
        "coverage.computer_without_configuration",
        detection="resolved" if is_over else "open",
        events={1: "new", run_id: "resolved"} if is_over else None,
    )
    made.connection.execute(
        "update audit.findings set changed_run_id = ? where detection = 'resolved'", [run_id]
    )
    made.count_runs()
    made.connection.close()


@pytest.fixture
def deliver(tmp_path: Path) -> Deliver:
    """Delivers as these settings say; what was sent is booked as the workspace does it."""
    (tmp_path / "reports").mkdir()
    path = tmp_path / "published.duckdb"

    def act(*, scope: str = "all", sent: Sequence[Handed] = (), **delivery: Any) -> Sequence[Handed]:
        (tmp_path / "reports" / "desk.toml").write_text(DESK.format(scope=scope))
        told = {"name": "desk", "report": "desk", "attach": (), "folder": "out", **delivery}
        settings = Settings.model_validate({"root": tmp_path, "delivery": [told]})
        if sent:
            _book(path, sent)
        with Reader(path) as reader:
            return Handover(settings).deliver(reader)

    return act


def _book(path: Path, handed: Sequence[Handed]) -> None:
    import duckdb

    with duckdb.connect(path) as ledger:
        for item in handed:
            if item.receipt.status is ReceiptStatus.SENT:
                ledger.execute(
                    "insert into audit.deliveries values (1, ?, ?, 'desk', 'folder', 'sent', '', '', ?)",
                    [item.run_id, item.name, estate.WEEKS[item.run_id - 1]],
                )


def mails(handed: Sequence[Handed]) -> list[EmailMessage]:
    found = []
    for item in handed:
        assert item.receipt.status is ReceiptStatus.SENT, item.receipt
        message = email.message_from_bytes(Path(item.receipt.location).read_bytes(), policy=policy.default)
        assert isinstance(message, EmailMessage)
        found.append(message)
    return found


def reference(mail: EmailMessage) -> str:
    found = re.match(r"\[(MSPA-[0-9A-F]{12})\] ", mail["Subject"].strip())
    assert found is not None, mail["Subject"]
    return found[1]


def test_one_run_is_delivered_once(deliver: Deliver, tmp_path: Path) -> None:
    build(tmp_path / "published.duckdb")
    first = deliver()
    assert [item.receipt.status.value for item in first] == ["sent"]
    (again,) = deliver(sent=first)
    assert (again.receipt.status.value, again.receipt.detail) == ("skipped", "This run was delivered before.")


def test_when_nothing_changed_a_mail_goes_again_after_so_many_days(deliver: Deliver, tmp_path: Path) -> None:
    build(tmp_path / "published.duckdb", 1)
    first = deliver(when="on-change")
    assert [item.receipt.status.value for item in first] == ["sent"]
    for run_id, days, due in ((2, 7, True), (2, 8, False), (3, 14, True), (3, 15, False), (3, None, False)):
        build(tmp_path / "published.duckdb", run_id)
        (item,) = deliver(when="on-change", repeat_after_days=days, sent=first)
        (tmp_path / "out").joinpath(f"desk-{run_id}.eml").unlink(missing_ok=True)
        assert (item.receipt.status is ReceiptStatus.SENT) is due, (run_id, days, item.receipt)
    assert estate.WEEKS[1] - estate.WEEKS[0] == timedelta(days=7)


def test_a_mail_for_each_rule_of_each_company_bears_its_own_lasting_reference(
    deliver: Deliver, tmp_path: Path
) -> None:
    seen = []
    for run_id in (2, 3):
        build(tmp_path / "published.duckdb", run_id)
        handed = deliver(scope="company", per="rule")
        assert [item.name for item in handed] == [
            "desk/2/coverage.computer_without_configuration",
            "desk/2/hygiene.computer_stale",
            "desk/7/hygiene.computer_stale",
        ]
        found = mails(handed)
        assert [mail["Subject"].partition("] ")[2] for mail in found] == [
            "Automate computer has no PSA configuration (Alder & Finch Accountants): 1 open",
            "Active configuration belongs to a silent computer (Alder & Finch Accountants): 1 open",
            "Active configuration belongs to a silent computer (Bayside Dental Group): 1 open",
        ]
        for mail in found:
            plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
            assert plain is not None
            assert html is not None
            assert f"Reference: {reference(mail)}" in plain.get_content()
            assert f"Reference: {reference(mail)}" in html.get_content()
        seen.append([(reference(mail), mail["References"]) for mail in found])
    # Three tickets, each found again by reference or by thread.
    assert seen[0] == seen[1]
    assert len({given for given, _ in seen[0]}) == len({thread for _, thread in seen[0]}) == 3


def test_a_theme_and_the_whole_report_have_references_too(deliver: Deliver, tmp_path: Path) -> None:
    build(tmp_path / "published.duckdb")
    themes = deliver(per="theme")
    assert [item.name for item in themes] == ["desk/coverage", "desk/hygiene"]
    whole = mails(deliver())[0]
    assert reference(whole) not in {reference(mail) for mail in mails(themes)}
    assert "Findings for the service desk (All companies): 3 open" in whole["Subject"]


def test_the_last_mail_of_a_rule_says_that_all_is_resolved_and_no_other_follows(
    deliver: Deliver, tmp_path: Path
) -> None:
    build(tmp_path / "published.duckdb", 2)
    first = mails(deliver(per="rule"))[0]
    build(tmp_path / "published.duckdb", 3, is_over=True)
    handed = deliver(per="rule", when="on-change")
    (last,) = mails([item for item in handed if item.receipt.status is ReceiptStatus.SENT])
    assert reference(last) == reference(first)
    assert last["Subject"].endswith("(All companies): 0 open")
    plain = last.get_body(("plain",))
    assert plain is not None
    assert "Resolved: 1" in plain.get_content()
