"""Tickets through the front door: the command line, a delivery, doctor."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from msp_audit.cli.app import app
from msp_audit.delivery.ticket.files import Files
from msp_audit.delivery.ticket.model import File
from msp_audit.errors import ExitCode
from msp_audit.sandbox import Sandbox, sample_weeks, samples_folder
from msp_audit.settings import TicketSettings

SETTINGS = """
fail_on = "critical"
[psa]
url = "{url}"
company = "northwind"
client_id = "00000000-0000-4000-8000-000000000001"
public_key = "env:TICKETS_PUBLIC"
private_key = "env:TICKETS_PRIVATE"
[automate]
exports = "{exports}"
exports_max_age_hours = 100000
[tickets]
company = "Northwind Managed IT"
board = "Alerts"
rules = ["sync"]
per = "theme"
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Sandbox]]:
    week = sample_weeks(samples_folder())[0]
    folder = tmp_path_factory.mktemp("tickets")
    os.environ |= {"TICKETS_PUBLIC": "public", "TICKETS_PRIVATE": "private"}
    with Sandbox(week) as sandbox:
        exports = week / "automate" / "tables"
        text = SETTINGS.format(url=sandbox.psa_url, exports=exports)
        (folder / "msp-audit.toml").write_text(text)
        yield folder, sandbox


def run(folder: Path, *words: str) -> str:
    result = CliRunner().invoke(app, ["-w", str(folder), *words])
    assert result.exit_code == 0, f"{words}: {result.output} {result.exception!r}"
    return result.stdout


def test_from_a_plan_to_tickets_and_no_further(workspace: tuple[Path, Sandbox]) -> None:
    folder, sandbox = workspace
    run(folder, "snapshot")
    run(folder, "audit", "--fail-on", "never")
    plan = json.loads(run(folder, "ticket", "plan", "-f", "json"))
    assert {row["step"] for row in plan} == {"create"}
    assert sandbox.desk.tickets == {}
    assert "dry run" in run(folder, "deliver", "--dry-run").lower()
    assert sandbox.desk.tickets == {}
    assert "Sent" in run(folder, "deliver")
    made = len(sandbox.desk.tickets)
    assert made == len(plan) > 0
    assert "Skipped" in run(folder, "deliver")
    assert json.loads(run(folder, "ticket", "plan", "-f", "json")) == []
    status = json.loads(run(folder, "ticket", "status", "-f", "json"))
    assert {row["ticket_id"] for row in status} == set(sandbox.desk.tickets)
    assert all(row["findings"] > 0 for row in status)
    assert "was closed" in run(folder, "ticket", "test", "--close")
    assert len(sandbox.desk.tickets) == made + 1
    published = run(folder, "sql", "select count(*) as n from audit.tickets", "-f", "json")
    assert json.loads(published) == [{"n": made}]


def test_what_is_printed_fits_80_columns_and_keeps_references_whole(
    workspace: tuple[Path, Sandbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    folder, _ = workspace
    for words in (("ticket", "plan", "--all"), ("ticket", "status")):
        lines = run(folder, *words).splitlines()
        rows = json.loads(run(folder, *words, "-f", "json"))
        assert rows
        assert max(map(len, lines)) <= 80
        assert {f"  {row['reference']}" for row in rows} <= set(lines)


def test_doctor_checks_fields_words_and_rights(workspace: tuple[Path, Sandbox]) -> None:
    folder, _ = workspace
    told = run(folder, "doctor")
    assert "Board, team, priority and company are there." in told
    assert "Every variable of the templates is known." in told
    assert "All rights that tickets need." in told
    text = (folder / "msp-audit.toml").read_text()
    (folder / "msp-audit.toml").write_text(text.replace('"Alerts"', '"Alarms"'))
    try:
        result = CliRunner().invoke(app, ["-w", str(folder), "doctor"])
    finally:
        (folder / "msp-audit.toml").write_text(text)
    assert result.exit_code != 0
    assert "there is no 'Alarms'" in result.output + (result.stderr or "")


def test_what_stands_in_the_way_is_told_with_its_exit_code(
    workspace: tuple[Path, Sandbox], tmp_path: Path
) -> None:
    def told(folder: Path, *words: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["-w", str(folder), "ticket", *words])
        return getattr(result.exception, "exit_code", 0), str(result.exception)

    (tmp_path / "msp-audit.toml").write_text("")
    assert told(tmp_path, "plan") == (
        ExitCode.BROKEN, "Tickets go to the PSA, and there is no [psa] in the settings."
    )  # fmt: skip
    text = (workspace[0] / "msp-audit.toml").read_text()
    (tmp_path / "msp-audit.toml").write_text(text.partition("[tickets]")[0])
    assert told(tmp_path, "plan")[1] == "There is no [tickets] in the settings; docs/tickets.md shows one."
    (tmp_path / "msp-audit.toml").write_text(text)
    assert told(tmp_path, "status") == (
        ExitCode.BROKEN,
        f"{tmp_path / 'msp-audit.duckdb'} does not exist yet. 'msp-audit run' makes it.",
    )
    assert told(tmp_path, "import", str(tmp_path / "none.xml"))[0] == ExitCode.BROKEN


def test_an_attachment_that_cannot_be_kept_leaves_nothing_of_itself(tmp_path: Path) -> None:
    file = File(title="findings", name="../findings.txt", content=b"x" * 100_000)
    given = {"company": "Northwind", "board": "Alerts", "missing_attachments": "kept"}
    files = Files(TicketSettings.model_validate(given), root=tmp_path)
    assert files.keep(7, file) == tmp_path / "kept" / "7-findings.txt"
    program = f"""
import resource
from pathlib import Path
from msp_audit.delivery.ticket.files import Files
from msp_audit.delivery.ticket.model import File
from msp_audit.settings import TicketSettings
files = Files(TicketSettings.model_validate({given!r}), root=Path({str(tmp_path)!r}))
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    files.keep(8, File(title="findings", name="findings.txt", content=b"x" * 100_000))
except OSError as error:
    print(error.strerror)
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.stdout == "File too large\n", ended.stderr
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["7-findings.txt"]


@pytest.mark.parametrize(
    ("report", "names", "code"),
    [
        ("company_review", {"findings.txt", "report.xlsx"}, ExitCode.CLEAN),
        ("no_such_report", {"findings.txt"}, ExitCode.NOT_DELIVERED),
    ],
)
def test_the_report_of_a_ticket_s_company_is_attached_or_what_is_wrong_with_it_told(
    report: str, names: set[str], code: ExitCode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TICKETS_PUBLIC", "public")
    monkeypatch.setenv("TICKETS_PRIVATE", "private")
    week = sample_weeks(samples_folder())[0]
    with Sandbox(week) as sandbox:
        text = SETTINGS.format(url=sandbox.psa_url, exports=week / "automate" / "tables")
        text = text.replace('rules = ["sync"]', 'rules = ["sync.asset_unsynced"]')
        (tmp_path / "msp-audit.toml").write_text(f'{text}attach = ["txt", "xlsx"]\nreport = "{report}"\n')
        run(tmp_path, "snapshot")
        run(tmp_path, "audit", "--fail-on", "never")
        worked = CliRunner().invoke(app, ["-w", str(tmp_path), "ticket", "work"])
        documents, files = sandbox.desk.documents, sandbox.desk.files
    assert worked.exit_code == code
    assert ("there is no report" in " ".join(worked.output.split())) is bool(code)
    assert {item["title"].rpartition(": ")[2] for item in documents} == names
    books = [content for content in files.values() if content.startswith(b"PK")]
    assert len(books) == sum(item["title"].endswith("xlsx") for item in documents)
    # Each is its own company's.
    assert len(set(books)) == len(books)
