"""What a notebook asks of the library, over the invented MSP."""

from __future__ import annotations

import doctest
import inspect
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pandas
import polars
import pyarrow
import pytest

import msp_audit
from msp_audit.cli import desk as door
from msp_audit.domain import Rows
from msp_audit.errors import RuleError, SettingsError, StoreError
from msp_audit.store import QuestionLimits
from msp_audit.workspace import Company, Desk, analyst, analyst_rules


@pytest.mark.parametrize(("module", "least"), [(analyst, 20), (analyst_rules, 6), (door, 1)])
def test_the_examples_of_the_docstrings_are_true(module: ModuleType, least: int, demo: Path) -> None:
    done = doctest.testmod(module, extraglobs={"folder": demo, "desk": analyst.open_desk(demo)})
    assert done.attempted >= least
    assert done.failed == 0


@pytest.mark.parametrize("kind", [Desk, analyst_rules.Draft])
def test_every_public_verb_has_an_example(kind: type) -> None:
    verbs = [getattr(kind, name) for name in vars(kind) if not name.startswith("_") and name != "save"]
    assert [verb for verb in verbs if ">>>" not in (verb.__doc__ or "")] == []


def test_the_door_has_the_signature_that_type_checkers_are_told(demo: Path) -> None:
    told = Path(msp_audit.__file__).read_text(encoding="utf-8")
    assert f"def open{inspect.signature(msp_audit.open)}".replace("'", "") in told


def test_the_nearest_workspace_is_opened(demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MSP_AUDIT_WORKSPACE", raising=False)
    monkeypatch.chdir(demo / "notebooks")
    assert msp_audit.open(or_demo=True).workspace.settings.root == demo
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match=r"ma\.open\('folder'\)"):
        msp_audit.open()
    monkeypatch.setenv("MSP_AUDIT_WORKSPACE", str(demo))
    assert msp_audit.open().workspace.settings.root == demo


def test_the_invented_msp_is_made_once(demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("MSP_AUDIT_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)
    kept = tmp_path / "msp-audit" / f"demo-{door._version()}"
    shutil.copytree(demo, kept)
    # Reading the samples again would take longer than a person waits for a cell.
    assert msp_audit.open(or_demo=True).workspace.settings.root == kept


def test_the_public_face_stays_small_and_opens_a_desk(demo: Path) -> None:
    assert len(msp_audit.__all__) <= 20
    assert isinstance(msp_audit.open(demo), Desk)


def test_one_answer_in_four_forms(desk: Desk) -> None:
    query = "select rule, first_seen_at, company_id from audit.findings order by finding_id limit 7"
    rows = desk.sql(query, into="rows")
    frame, table, polar = desk.sql(query), desk.sql(query, into="arrow"), desk.sql(query, into="polars")
    assert isinstance(rows, Rows)
    assert isinstance(frame, pandas.DataFrame)
    assert isinstance(table, pyarrow.Table)
    assert isinstance(polar, polars.DataFrame)
    assert frame["rule"].tolist() == table["rule"].to_pylist() == polar["rule"].to_list()
    assert table.schema.field("first_seen_at").type == pyarrow.timestamp("us")
    assert polar.schema["company_id"] == polars.Int64


def test_an_empty_answer_keeps_its_types(desk: Desk) -> None:
    table = desk.sql("select company_id, name from psa.companies where false", into="arrow")
    assert table.schema.field("company_id").type == pyarrow.int64()
    assert table.num_rows == 0


def test_as_of_looks_back(desk: Desk) -> None:
    first = desk.findings(as_of=1)
    assert set(first["finding_id"]) != set(desk.findings()["finding_id"])
    assert first["first_seen_at"].max() == desk.runs()["as_of"].iloc[0]


def test_the_trend_agrees_with_the_open_findings(desk: Desk) -> None:
    assert desk.trend()["open"].iloc[-1] == len(desk.findings())


def test_a_figure_draws_itself_and_says_what_it_shows(desk: Desk) -> None:
    trend, status = desk.plot_trend(), desk.plot_map("status", board="NOC")
    assert trend._repr_png_()[:4] == status._repr_png_()[:4] == b"\x89PNG"
    assert repr(trend).endswith(f", {desk.trend()['open'].iloc[-1]}>")
    assert repr(status).startswith("<NOC: ")
    with pytest.raises(SettingsError, match="they have Alerts, NOC, Service Desk"):
        desk.plot_map("status", board="None such")


def test_a_map_tells_both_directions_and_what_neither_holds(desk: Desk) -> None:
    lines = desk.map("status")
    sent = desk.table("automate.status_mappings_to_psa")["board_status_id"].notna().sum()
    assert lines["path"].isin(["both ways", "only to the PSA"]).sum() == sent
    mapped = desk.rows("select distinct name from automate.ticket_statuses")
    for board, of_board in lines.groupby("board"):
        assert {name for (name,) in mapped} <= set(of_board["automate"].dropna()), board


def test_an_explained_finding_escapes_names(desk: Desk) -> None:
    findings = desk.findings()
    assert findings["resolved_at"].dtype.kind == "M"
    told = desk.explain(findings["finding_id"].iloc[0])
    assert "Remedy: " in told._repr_html_()
    hostile = replace(told, finding={**told.finding, "reason": "<img src=x>"})
    assert "<img" not in hostile._repr_html_()


RULE = """/*
title = "Company of that name"
[params]
name = "Acme"
*/
select
    companies.company_id,
    companies.company_id as entity_id,
    companies.name as entity_name,
    'It has that name.' as reason
from psa.companies as companies
where contains(companies.name, $name)
"""
CASE = (
    '[flags_it]\ngiven."psa.companies" = [{ company_id = 1, name = "Acme" }]\nexpect = [{ company_id = 1 }]\n'
)


def test_a_draft_is_tried_and_saved(demo: Path, tmp_path: Path) -> None:
    shutil.copy(demo / "msp-audit.toml", tmp_path)
    shutil.copy(demo / "msp-audit.duckdb", tmp_path)
    desk = msp_audit.open(tmp_path)
    draft = desk.draft("mine.named", RULE)
    assert draft.test(CASE)["is_kept"].tolist() == [True]
    wrong = draft.test(CASE.replace("company_id = 1 }]\n", "company_id = 2 }]\n"))
    assert wrong["is_kept"].tolist() == [False]
    assert "not reported" in wrong["problem"].iloc[0]
    assert draft.findings().empty
    assert len(desk.draft("mine.named", RULE.replace("Acme", "Vashon")).findings(as_of=1)) == 1
    assert not (tmp_path / "rules").exists()
    saved = draft.save(CASE)
    assert saved == tmp_path / "rules" / "mine" / "named.sql"
    assert "mine.named" in {rule.name for rule in msp_audit.open(tmp_path).workspace.catalogue.rules}
    with pytest.raises(RuleError, match="exists already"):
        draft.save()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("select 1", "mine.named:1: has no header"),
        (RULE.replace("title", "tittle"), "did you mean 'title'"),
        (RULE.replace("where", "wher"), "mine.named:6: the query does not parse"),
        (RULE.replace("$name", "$other"), r"\$other is no parameter"),
    ],
)
def test_a_draft_that_is_no_rule_says_where(desk: Desk, text: str, said: str) -> None:
    with pytest.raises(RuleError, match=said):
        desk.draft("mine.named", text)


def test_a_number_that_no_frame_can_hold_stays_exact(desk: Desk) -> None:
    frame = desk.sql("select 170141183460469231731687303715884105727::hugeint as huge")
    assert frame["huge"].iloc[0] == 2**127 - 1


def test_a_company_shows_its_findings_and_escapes_names(desk: Desk) -> None:
    name = desk.findings()["company_name"].dropna().iloc[0]
    company = desk.company(name)
    assert set(company.findings["company_id"]) == {company.company_id}
    assert company.findings["reason"].iloc[0].split()[0] in company._repr_html_()
    hostile = Company(
        company_id=1,
        name="<script>alert(1)</script>",
        status=None,
        assets=Rows(columns=("computers",), types=("BIGINT",), rows=((1,),)),
        findings=Rows(columns=(), types=(), rows=()),
    )
    assert "<script" not in hostile._repr_html_()


def test_a_name_of_several_companies_is_told(desk: Desk) -> None:
    with pytest.raises(SettingsError, match="companies: "):
        desk.company("e")
    with pytest.raises(SettingsError, match="is 0 companies"):
        desk.company("no such company anywhere")


def test_a_relation_is_a_name_and_not_sql(desk: Desk) -> None:
    with pytest.raises(StoreError, match="is no relation"):
        desk.table("psa.companies limit 1")


def test_a_long_answer_is_refused_with_its_limit(demo: Path) -> None:
    small = Desk(msp_audit.Workspace.open(demo), limits=QuestionLimits(rows=10))
    assert len(small.rows("select 1 from range(10)")) == 10
    with pytest.raises(StoreError, match="more than 10 rows"):
        small.rows("select 1 from range(11)")


def test_every_saved_query_runs_as_it_is(desk: Desk) -> None:
    assert {"open_by_company", "where_is", "not_read"} <= set(desk.queries)
    for name in desk.queries:
        assert desk.saved(name).columns


def test_a_saved_query_takes_values_of_its_parameters_only(desk: Desk) -> None:
    with pytest.raises(SettingsError, match="has no parameter 'nam'"):
        desk.saved("where_is", {"nam": "x"})
    with pytest.raises(SettingsError, match="Did you mean 'where_is'"):
        desk.saved("wher_is")
