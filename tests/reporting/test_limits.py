"""A PDF that passes its limits costs the run nothing but that PDF, and everybody is told."""

from __future__ import annotations

from email import message_from_bytes, policy
from pathlib import Path

import pytest
from typer.testing import CliRunner

from msp_audit.cli.app import app
from msp_audit.errors import ExitCode, ReportIncomplete
from msp_audit.workspace import Workspace
from tests.reporting import estate

#: Both reports end before the library does.
SLOW = "import time\ntime.sleep(60)\n"
DEFINITION = """
title = "{name}"
sections = ["not_checked", "summary", "findings_by_rule"]
scope = "{scope}"
pdf_seconds = 1
"""
TOLD = "drawing the PDF took longer than 1 s and was ended"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "weasyprint.py").write_text(SLOW)
    monkeypatch.syspath_prepend(tmp_path / "lib")
    (tmp_path / "msp-audit.toml").write_text(
        'name = "Northwind"\n[[delivery]]\nname = "weekly"\nreport = "whole"\nattach = ["pdf", "xlsx"]\n'
    )
    (tmp_path / "reports").mkdir()
    for name, scope in (("whole", "all"), ("each", "company")):
        (tmp_path / "reports" / f"{name}.toml").write_text(DEFINITION.format(name=name, scope=scope))
    made = estate.Estate(Workspace.open(tmp_path).published)
    made.run(1)
    made.rule(1, "sync.client_unsynced")
    for company in estate.COMPANIES[:4]:
        made.finding("sync.client_unsynced", company=company, name=company[1], events={1: "new"})
    made.connection.close()
    return tmp_path


def test_the_other_files_are_made_and_the_missing_ones_named(folder: Path) -> None:
    with pytest.raises(ReportIncomplete, match=f"whole: {TOLD}") as told:
        Workspace.open(folder).report(["whole", "each"], faces=["html", "pdf"])
    names = sorted(path.name for path in told.value.made)
    assert [name.partition("-2026")[0] for name in names] == [
        *(f"each-company-{number}" for number, _ in sorted(estate.COMPANIES[:4], key=lambda c: str(c[0]))),
        "whole",
    ]
    assert str(told.value).count(TOLD) == 5
    assert all(name in str(told.value) for _, name in estate.COMPANIES[:4])
    # Nothing half done: no PDF, no file in the making.
    assert sorted(path.name for path in (folder / "reports" / "output").iterdir()) == names


def test_the_command_prints_what_is_there_and_fails(folder: Path) -> None:
    done = CliRunner().invoke(app, ["-w", str(folder), "report", "whole"])
    lines = [Path(line).suffix for line in done.stdout.splitlines()]
    assert lines == [".html", ".xlsx"]
    assert done.exit_code != ExitCode.CLEAN
    assert isinstance(done.exception, ReportIncomplete)


def test_the_mail_goes_out_without_it_and_says_so(folder: Path) -> None:
    workspace = Workspace.open(folder)
    workspace.deliver(preview=folder / "preview")
    (path,) = (folder / "preview").glob("*.eml")
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    attached = [part.get_filename() for part in mail.walk() if part.get_filename()]
    assert any(str(name).endswith(".xlsx") for name in attached)
    assert not any(str(name).endswith(".pdf") for name in attached)
    body = mail.get_body(preferencelist=("plain",))
    assert body is not None
    assert f"A file is missing from this mail. whole: {TOLD}" in " ".join(body.get_content().split())
