"""Many workspaces: one that is broken is named, and never stops the others."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from msp_audit.errors import SettingsError, StoreError
from msp_audit.workspace.fleet import FleetRun, load_fleet


@pytest.fixture(scope="module")
def estates(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two good estates, one without a run, one with damaged settings and one with a damaged database."""
    home = tmp_path_factory.mktemp("fleet")
    for name in ("alder", "birch", "cedar", "damaged", "elm"):
        (home / "estates" / name).mkdir(parents=True)
        shutil.copy(demo / "msp-audit.toml", home / "estates" / name)
    for name in ("alder", "birch"):
        shutil.copy(demo / "msp-audit.duckdb", home / "estates" / name)
    (home / "estates" / "damaged" / "msp-audit.toml").write_text("name = [\n")
    (home / "estates" / "elm" / "msp-audit.duckdb").write_bytes(b"no database")
    (home / "fleet.toml").write_text('workspaces = ["estates/*"]\n')
    return home


def test_the_status_shows_every_estate(estates: Path) -> None:
    status = {row["workspace"]: row for row in load_fleet(estates / "fleet.toml").status().records()}
    assert list(status) == ["alder", "birch", "cedar", "damaged", "elm"]
    assert status["alder"]["run_id"] == 3
    assert status["alder"]["problem"] == ""
    assert "msp-audit run" in status["cedar"]["problem"]
    assert "TOML" in status["damaged"]["problem"]
    assert "cannot be opened" in status["elm"]["problem"]


def test_one_question_to_all_estates(estates: Path) -> None:
    rows, problems = load_fleet(estates / "fleet.toml").sql(
        "select c.workspace, count(*) as companies from psa.companies as c group by all order by all"
    )
    assert [name for name, _ in rows] == ["alder", "birch"]
    assert len({count for _, count in rows}) == 1
    assert set(problems) == {"cedar", "damaged", "elm"}


def test_a_question_across_estates_changes_nothing(estates: Path) -> None:
    fleet = load_fleet(estates / "fleet.toml")
    for query in ("drop table estate_0.psa.companies", "select * from read_text('/etc/passwd')"):
        with pytest.raises(StoreError):
            fleet.sql(query)


def test_one_failing_run_never_stops_the_rest(estates: Path) -> None:
    told: list[FleetRun] = []
    ended = load_fleet(estates / "fleet.toml").run(("--fail-on", "nonsense"), jobs=2, tell=told.append)
    assert {done.name for done in told} == {"alder", "birch", "cedar", "damaged", "elm"}
    codes = {done.name: done.exit_code for done in ended}
    assert codes["damaged"] == 5
    assert codes["alder"] == 2
    assert all(done.told for done in ended)


def test_the_command_names_what_was_not_asked(estates: Path) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "msp_audit", "fleet", "sql", "select count(*) as runs from audit.runs"),
            *("--list", str(estates / "fleet.toml"), "-f", "csv"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert done.stdout == "runs\n6\n"
    assert "Not asked: cedar" in done.stderr


def test_a_list_that_names_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_fleet(tmp_path / "fleet.toml")
    (tmp_path / "fleet.toml").write_text('workspaces = ["none/*"]\n')
    with pytest.raises(SettingsError, match="no folder of"):
        load_fleet(tmp_path / "fleet.toml")
