"""Many workspaces: one that is broken is named, and never stops the others."""

from __future__ import annotations

import dataclasses
import re
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from msp_audit.delivery import ReceiptStatus
from msp_audit.errors import SettingsError, StoreError
from msp_audit.reporting.fleet import fleet_html, fleet_mail, fleet_page
from msp_audit.workspace import open_desk
from msp_audit.workspace.fleet import FleetRun, load_fleet
from tests.delivery.mailserver import mail_server


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


def test_an_estate_whose_timer_stopped_is_overdue(estates: Path, tmp_path: Path) -> None:
    folder = tmp_path / "late"
    shutil.copytree(estates / "estates" / "alder", folder)
    settings = folder / "msp-audit.toml"
    text = settings.read_text("utf-8")
    stopped = re.sub(r"^as_of = .*$", "as_of = 2026-12-24T06:00:00Z", text, flags=re.MULTILINE)
    assert stopped != text
    settings.write_text(stopped, encoding="utf-8")
    (tmp_path / "fleet.toml").write_text('workspaces = ["late"]\n')
    (row,) = load_fleet(tmp_path / "fleet.toml").status().records()
    assert row["run_id"] == 3
    assert row["problem"].startswith("No run since 2026-11-16 06:00 UTC; overdue")


def test_the_status_of_an_estate_sees_its_own_database_only(estates: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sly"
    folder.mkdir()
    shutil.copy(estates / "estates" / "alder" / "msp-audit.toml", folder)
    secret = tmp_path / "secret.csv"
    secret.write_text("run_id\n7\n")
    with duckdb.connect(str(folder / "msp-audit.duckdb")) as made:
        made.execute("create schema audit")
        made.execute(f"create view audit.runs as select * from read_csv('{secret}')")
    (tmp_path / "fleet.toml").write_text('workspaces = ["sly"]\n')
    (row,) = load_fleet(tmp_path / "fleet.toml").status().records()
    assert row["run_id"] is None
    assert row["problem"]


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


@pytest.fixture(scope="module")
def refused(estates: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The estates, and one whose PSA refused two lists; its name is hostile."""
    home = tmp_path_factory.mktemp("refused")
    for path in (estates / "estates").iterdir():
        (home / path.name).symlink_to(path)
    folder = shutil.copytree(estates / "estates" / "alder", home / "fir <b>&")
    with duckdb.connect(str(folder / "msp-audit.duckdb")) as database:
        database.execute(
            "update audit.run_resources set verdict = 'refused', reason = 'HTTP 403. Ask for <Inquire>.'"
            " where run_id = 3 and source = 'psa' and resource in ('configurations', 'sites')"
        )
    (home / "fleet.toml").write_text(
        'workspaces = ["*"]\n[report]\ntitle = "Our estates"\nto = ["ops@example.com"]\n'
    )
    return home


def test_the_report_says_first_what_is_not_known(refused: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "fleet.html"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "msp_audit", "fleet", "report"),
            *("--list", str(refused / "fleet.toml"), "--out", str(out)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    assert done.stdout == f"{out}\n"
    page = out.read_text("utf-8")
    body = page[page.index("<body") :]
    assert body.index("3 estates with a problem: cedar, damaged and elm.") < body.index("Our estates")
    assert "Not read completely in 1 estate: fir &lt;b&gt;&amp;." in body
    assert "<b>fir &lt;b&gt;&amp;</b>" in body
    assert "refused: configurations, sites" in body
    assert "HTTP 403. Ask for &lt;Inquire&gt;." in body
    # A mail shows it too: no script, nothing from elsewhere.
    assert re.search(r"<script|<link|https?://", page) is None


def test_the_report_counts_as_the_estates_do(refused: Path) -> None:
    page = load_fleet(refused / "fleet.toml").page()
    estates = {estate.name: estate for estate in page.estates}
    workspace = open_desk(refused / "alder").workspace
    alder = estates["alder"].run
    assert alder is not None
    assert alder["open_count"] == len(workspace.findings(where="parent_finding_id is null"))
    assert [estate.name for estate in page.estates][:3] == ["cedar", "damaged", "elm"]
    worst = page.rules[0]
    assert worst["estate_count"] == 3
    assert (
        worst["open_count"]
        == 3
        * workspace.sql(
            "select count(*) from audit.findings where rule = $rule and detection <> 'resolved'"
            " and parent_finding_id is null and triage <> 'suppressed'",
            {"rule": worst["rule"]},
        ).scalar()
    )
    assert sum(row["new_count"] for row in page.news) == 3 * (alder["new_count"] + alder["reopened_count"])


def test_a_share_is_not_told_where_its_list_was_not_read(refused: Path) -> None:
    runs = {estate.name: estate.run for estate in load_fleet(refused / "fleet.toml").page().estates}
    alder, fir = runs["alder"], runs["fir <b>&"]
    assert alder is not None
    assert fir is not None
    assert 0.5 < alder["computer_share"] < 1
    assert (fir["computer_share"], fir["device_share"]) == (None, None)


def test_the_report_goes_by_mail_to_whom_the_list_names(refused: Path, tmp_path: Path) -> None:
    attached = tmp_path / "fleet.html"
    with mail_server(tls=None, login=False) as taken:
        (tmp_path / "fleet.toml").write_text(
            f'workspaces = ["{refused}/*"]\n[report]\nto = ["ops@example.com"]\n'
            f'[mail]\nsmtp = {{ host = "127.0.0.1", port = {taken.port}, security = "none" }}\n'
        )
        fleet = load_fleet(tmp_path / "fleet.toml")
        page = fleet.page()
        attached.write_text(fleet_html(page), encoding="utf-8")
        assert fleet.send(page, attached).status is ReceiptStatus.SENT
    (mail,) = taken.mails
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert mail["subject"].startswith("Fleet audit: ")
    assert text is not None
    assert html is not None
    assert "3 estates with a problem" in text.get_content()
    assert len(html.get_content().encode()) < 100_000
    assert [part.get_filename() for part in mail.iter_attachments()] == ["fleet.html"]


def test_a_mail_of_a_large_fleet_is_cut_and_says_so(refused: Path) -> None:
    one = next(estate for estate in load_fleet(refused / "fleet.toml").page().estates if estate.rules)
    many = [dataclasses.replace(one, name=f"estate {number}") for number in range(300)]
    body = fleet_mail(fleet_page(many, title="Many", made_at=datetime(2026, 11, 20)))
    assert len(body.html.encode()) < 100_000
    assert re.search(r"\d+ more rows left out here; the attached page holds all of them", body.html)


def test_nobody_is_mailed_when_the_list_names_nobody(estates: Path, tmp_path: Path) -> None:
    fleet = load_fleet(estates / "fleet.toml")
    with pytest.raises(SettingsError, match=r"\[report\]"):
        fleet.send(fleet.page(), tmp_path)


def test_a_misspelt_setting_of_the_list_is_told(tmp_path: Path) -> None:
    (tmp_path / "fleet.toml").write_text('workspaces = ["x"]\n[report]\ntile = "Ours"\n')
    with pytest.raises(SettingsError, match="did you mean 'title'"):
        load_fleet(tmp_path / "fleet.toml")


def test_a_list_that_names_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_fleet(tmp_path / "fleet.toml")
    (tmp_path / "fleet.toml").write_text('workspaces = ["none/*"]\n')
    with pytest.raises(SettingsError, match="no folder of"):
        load_fleet(tmp_path / "fleet.toml")
