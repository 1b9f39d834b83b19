"""The command line as people and schedulers use it: a real process over a real workspace."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import typer
from typer.testing import CliRunner

from msp_audit.cli.app import app
from msp_audit.sandbox import Sandbox, samples_folder
from tests.workspace.estate import WEEKS

FIVE_LINES = """\
/*
title = "Company without a city in its sites"
*/
select company_id, company_id as entity_id, identifier as entity_name, 'Has no city.' as reason
from psa.companies where identifier = 'Northwind' or company_id = (select min(company_id) from psa.companies)
"""


def msp_audit(
    *words: str, folder: Path, stdin: str | None = None, columns: int = 80
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "msp_audit", "-w", str(folder), *words],
        capture_output=True,
        text=True,
        input=stdin,
        timeout=240,
        check=False,
        env={**os.environ, "COLUMNS": str(columns), "NO_COLOR": "1"},
    )


@pytest.fixture
def own(demo: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(demo, tmp_path / "own"))


def test_the_demo_ends_with_its_table_and_the_paths_of_what_it_made(demo: Path) -> None:
    again = msp_audit("demo", "--folder", str(demo), folder=demo)
    assert again.returncode == 0
    assert "high" in again.stdout
    named = re.findall(r"^(Database|HTML|PDF|XLSX|EML) +(.+)$", again.stdout, re.MULTILINE)
    assert {kind for kind, _ in named} == {"Database", "HTML", "PDF", "XLSX", "EML"}
    assert all(Path(path).is_file() for _, path in named)


def test_a_second_demo_changes_nothing(demo: Path) -> None:
    def files() -> dict[str, tuple[int, int]]:
        return {
            str(path): (path.stat().st_mtime_ns, path.stat().st_size)
            for path in [demo / "msp-audit.duckdb", *(demo / "reports" / "output").rglob("*.*")]
        }

    before = files()
    assert msp_audit("demo", "--folder", str(demo), folder=demo).returncode == 0
    assert files() == before


def test_the_demo_leaves_another_workspace_alone(tmp_path: Path) -> None:
    (tmp_path / "msp-audit.toml").write_text('name = "Real MSP"\n')
    refused = msp_audit("demo", "--folder", str(tmp_path), folder=tmp_path)
    assert refused.returncode == 5
    assert "another workspace" in refused.stderr


def commands(group: Any, *before: str) -> Iterator[tuple[str, ...]]:
    """The words of every command, of a group before those of its members."""
    yield before
    for name, item in getattr(group, "commands", {}).items():
        yield from commands(item, *before, name)


@pytest.mark.parametrize("words", list(commands(typer.main.get_command(app))), ids=" ".join)
def test_help_fits_80_columns_cuts_no_sentence_and_ends_with_an_example(words: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "80"})
    assert shown.exit_code == 0
    usage, *lines = shown.stdout.splitlines()
    assert usage.startswith(" ".join(["Usage: msp-audit", *words]))
    assert max(map(len, lines)) <= 80
    assert not [line for line in lines if line.endswith("...")]
    if "COMMAND" not in usage or "Example" in shown.stdout:
        assert f"Example: msp-audit {' '.join(words)}" in " ".join(shown.stdout.split())


def test_the_program_shows_its_help_as_a_process(tmp_path: Path) -> None:
    shown = msp_audit("--help", folder=tmp_path)
    assert shown.returncode == 0
    assert "Commands:" in shown.stdout


@pytest.mark.parametrize("words", ["rules", "findings", "status", "diff 1 2", "ticket plan", "predict"])
def test_a_format_that_is_none_is_refused(words: str, tmp_path: Path) -> None:
    refused = CliRunner().invoke(app, ["-w", str(tmp_path), *words.split(), "--format", "jsno"])
    assert refused.exit_code == 2
    assert "'jsno'" in refused.output


def test_init_makes_a_workspace_that_loads_and_never_overwrites_one(tmp_path: Path) -> None:
    assert msp_audit("init", str(tmp_path), folder=tmp_path).returncode == 0
    assert msp_audit("rules", folder=tmp_path).returncode == 0
    again = msp_audit("init", str(tmp_path), folder=tmp_path)
    assert again.returncode == 5
    assert "exists already" in again.stderr


def test_no_workspace_no_source_no_run_are_told_in_a_sentence(tmp_path: Path) -> None:
    missing = msp_audit("run", folder=tmp_path)
    assert missing.returncode == 5
    assert "msp-audit init" in missing.stderr
    (tmp_path / "msp-audit.toml").write_text("")
    assert "No source is configured" in msp_audit("run", folder=tmp_path).stderr
    assert "'msp-audit run' makes" in msp_audit("status", folder=tmp_path).stderr
    assert "Traceback" not in missing.stderr


def test_status_and_findings_in_every_format(demo: Path) -> None:
    assert "Run 3, as of 2026-11-16 06:00 UTC" in msp_audit("status", folder=demo).stdout
    records = orjson.loads(msp_audit("findings", "-f", "json", folder=demo).stdout)
    rows = list(csv.DictReader(io.StringIO(msp_audit("findings", "-f", "csv", folder=demo).stdout)))
    assert len(records) == len(rows) > 50
    high = orjson.loads(msp_audit("findings", "--severity", "high", "-f", "json", folder=demo).stdout)
    assert {record["severity"] for record in high} == {"critical", "high"}
    one = orjson.loads(
        msp_audit("findings", "--rule", "sync.client_unsynced", "-f", "json", folder=demo).stdout
    )
    assert {record["rule"] for record in one} == {"sync.client_unsynced"}
    for columns in (80, 200):
        shown = msp_audit("findings", folder=demo, columns=columns).stdout
        assert max(map(len, shown.splitlines())) <= columns
        # A rule's name is for pasting: it is never broken.
        assert {record["rule"] for record in records} <= set(shown.split())


def test_hostile_names_are_inert_in_csv(demo: Path) -> None:
    query = "select '=cmd|''/c calc''!A1' as name, '@x' as other, -1 as number"
    shown = msp_audit("sql", query, "-f", "csv", folder=demo).stdout
    assert shown.splitlines()[1] == "'=cmd|'/c calc'!A1,'@x,-1"


def test_sql_reads_standard_input_and_can_change_nothing(demo: Path) -> None:
    shown = msp_audit("sql", "-", "-f", "csv", folder=demo, stdin="select count(*) as n from psa.companies")
    assert int(shown.stdout.splitlines()[1]) > 20
    for attempt in (
        # Every way out is tried on the desk that the command asks.
        "delete from psa.companies",
        "select * from read_csv('/etc/passwd')",
    ):
        refused = msp_audit("sql", attempt, folder=demo)
        assert refused.returncode == 5, attempt
        assert "Traceback" not in refused.stderr


def test_rules_are_listed_and_shown(demo: Path) -> None:
    listed = orjson.loads(msp_audit("rules", "-f", "json", folder=demo).stdout)
    assert "sync.client_unsynced" in {rule["rule"] for rule in listed}
    assert {rule["rule"] for rule in listed} <= set(msp_audit("rules", folder=demo).stdout.split())
    shown = msp_audit("rules", "sync.client_unsynced", folder=demo).stdout
    assert "Remedy" in shown
    assert "select" in shown
    unknown = msp_audit("rules", "sync.client_unsyncd", folder=demo)
    assert unknown.returncode == 5
    assert "Did you mean 'sync.client_unsynced'?" in unknown.stderr


def test_a_rule_of_five_lines_shows_up_and_a_broken_one_is_named(own: Path) -> None:
    (own / "rules" / "mine").mkdir(parents=True)
    (own / "rules" / "mine" / "no_city.sql").write_text(FIVE_LINES)
    assert len(FIVE_LINES.splitlines()) == 5
    audited = msp_audit("audit", "--fail-on", "never", folder=own)
    assert audited.returncode == 0, audited.stderr
    found = orjson.loads(msp_audit("findings", "--rule", "mine.no_city", "-f", "json", folder=own).stdout)
    assert found
    (report,) = [Path(p) for p in msp_audit("report", "--face", "html", folder=own).stdout.split()]
    assert "Company without a city in its sites" in report.read_text(encoding="utf-8")

    broken = own / "rules" / "mine" / "broken.sql"
    broken.write_text('/*\ntitle = "Broken"\n*/\nselect company_id,\nfrom from psa.companies\n')
    audited = msp_audit("audit", "--fail-on", "never", folder=own)
    assert audited.returncode == 5
    assert f"{broken}:4" in audited.stderr
    assert orjson.loads(msp_audit("findings", "--rule", "mine.no_city", "-f", "json", folder=own).stdout)


def test_exit_codes(own: Path) -> None:
    # That 'never' gives 0 is shown where a rule is added, above.
    assert msp_audit("audit", folder=own).returncode == 1
    assert msp_audit("audit", "--fail-on", "worse", folder=own).returncode == 2
    assert msp_audit("no-such-command", folder=own).returncode == 2


def test_a_source_that_is_off_gives_exit_3_and_the_mail_is_sent_all_the_same(own: Path) -> None:
    settings = own / "msp-audit.toml"
    with Sandbox(samples_folder() / WEEKS[-1]) as sandbox:
        text = settings.read_text().replace("http://127.0.0.1:8765", sandbox.url)
        settings.write_text(text.replace('api_key = "file', 'http = { tries = 1 }\napi_key = "file'))
        sandbox.faults.add("source_off", source="auvik")
        ran = msp_audit("run", folder=own)
    assert ran.returncode == 3, ran.stderr
    assert "auvik" in ran.stderr
    assert "not evaluated" in ran.stderr
    assert "Sent" in ran.stdout
    unchecked = orjson.loads(msp_audit("findings", "--rule", "auvik", "-f", "json", folder=own).stdout)
    assert unchecked
    assert {record["detection"] for record in unchecked} == {"unchecked"}
