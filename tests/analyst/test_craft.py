"""A rule from nothing to one that is tested, and what the commands say of a bad one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from msp_audit.audit.cases import load_cases, problems_of
from msp_audit.audit.craft import filled, lint, scaffold_rule
from msp_audit.errors import RuleError
from msp_audit.store import empty_relations
from msp_audit.workspace import Desk, Workspace

NAME = "warranty.company_nameless"


@pytest.fixture
def own(demo: Path, tmp_path: Path) -> Path:
    """A workspace of its own, with the published copy."""
    shutil.copy(demo / "msp-audit.toml", tmp_path)
    shutil.copy(demo / "msp-audit.duckdb", tmp_path)
    return tmp_path


def rules(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "msp_audit", "-w", str(folder), "rules", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "200"},
    )


def test_a_new_rule_passes_its_cases_and_the_lint(own: Path) -> None:
    assert rules(own, "new", NAME).returncode == 0
    tested = rules(own, "test", NAME)
    assert (tested.returncode, tested.stdout.count("ok  ")) == (0, 2), tested.stderr
    assert rules(own, "lint").returncode == 0
    assert NAME in rules(own, "-f", "csv").stdout
    assert rules(own, "new", NAME).returncode == 5


def test_a_rule_that_breaks_its_claim_fails(own: Path) -> None:
    path, _ = scaffold_rule(NAME, own / "rules")
    path.write_text(path.read_text().replace("name is null", "name is not null"))
    tested = rules(own, "test")
    assert tested.returncode == 5
    assert "not reported: {'entity_id': 1" in tested.stdout
    assert "reported, and must not be: ZENITH" in tested.stdout


def test_the_lint_names_what_is_wrong(own: Path) -> None:
    path, _ = scaffold_rule(NAME, own / "rules")
    text = path.read_text().replace('remedy   = "Say what to do, and where."\n', "")
    path.write_text(
        text.replace("[params]", "[params]\nidle = 1").replace("is null", "is null and now() is not null")
    )
    said = rules(own, "lint")
    assert said.returncode == 5
    assert "no remedy" in said.stdout
    assert "asks the clock" in said.stdout
    assert "idle is not used" in said.stdout


def test_every_shipped_rule_passes_the_lint(desk: Desk) -> None:
    with empty_relations() as database:
        found = {
            rule.name: problems
            for rule in desk.workspace.catalogue.rules
            if (problems := list(lint(rule, database=database)))
        }
    assert found == {}


def test_the_case_runner_agrees_with_the_shipped_cases(desk: Desk) -> None:
    rule = desk.workspace.catalogue.rule("sync.client_unsynced")
    cases = load_cases(Path(__file__).parents[1] / "rules" / "sync" / "client_unsynced.toml")
    with empty_relations() as database:
        assert [problems_of(database, rule, case) for case in cases] == [()] * len(cases)
        silent = replace(rule, sql=f"{rule.sql} limit 0")
        assert any(problems_of(database, silent, case) for case in cases)


def test_a_filled_rule_finds_what_the_rule_found(desk: Desk) -> None:
    for name in (
        "coverage.computer_without_configuration",
        "hygiene.computer_stale",
        "auvik.serial_placeholder",
    ):
        rule = desk.workspace.catalogue.rule(name)
        run = desk.workspace.last_run()
        assert run is not None
        found = desk.rows(filled(rule, as_of=run.as_of))
        (rule_run,) = [each for each in run.rule_runs if each.rule == name]
        assert len(found) == rule_run.findings > 0


def test_a_value_in_place_cannot_leave_its_quotes(desk: Desk) -> None:
    rule = replace(
        desk.workspace.catalogue.rule("hygiene.computer_stale"),
        sql="select '$name' as kept, $name as given, $as_of as day -- $name",
        params={"name": "O'Hara'; drop table x"},
    )
    (row,) = desk.rows(filled(rule, as_of=datetime(2026, 11, 2)))
    assert row == ("$name", "O'Hara'; drop table x", datetime(2026, 11, 2))


def test_show_explain_and_the_short_form(own: Path) -> None:
    whole = rules(own, "sync.client_unsynced")
    assert whole.stdout == rules(own, "show", "sync.client_unsynced").stdout
    assert "Remedy" in whole.stdout
    assert "$" not in rules(own, "show", "hygiene.computer_stale", "--filled").stdout
    assert "Total Time" in rules(own, "explain", "hygiene.computer_stale").stdout
    assert "Did you mean 'sync.client_unsynced'" in rules(own, "sync.client_unsyncd").stderr


@pytest.mark.parametrize("name", ["nodot", "../up.rule", "Theme.rule", "a.b.c"])
def test_a_name_that_is_none_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="no name of a rule"):
        scaffold_rule(name, tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"remedy": ""}, "the header has no remedy"),
        ({"subject": "psa.sites"}, "the subject psa.sites is not read by the query"),
        ({"params": {"days": 3}}, "the parameter days is not used by the query"),
        ({"sql": "select now() from psa.companies"}, "the query asks the clock"),
        ({"sql": "select * from psa.companies"}, "the query selects *"),
        ({"sql": "select nonsense from psa.companies"}, "the query does not run"),
        ({"sql": "select name from psa.companies"}, "the first four columns are"),
        ({"key": ("one", "two")}, "the key's columns one, two are not in the output"),
    ],
)
def test_the_lint_says_what_a_rule_does_not_keep(changed: dict[str, object], told: str, own: Path) -> None:
    scaffold_rule(NAME, own / "rules")
    rule = Workspace.open(own).catalogue.rule(NAME)
    with empty_relations() as database:
        assert [line for line in lint(replace(rule, **changed), database=database) if told in line]  # type: ignore[arg-type]
