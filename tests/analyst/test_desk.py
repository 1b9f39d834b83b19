"""What a notebook asks of the library, over the invented MSP."""

from __future__ import annotations

import doctest
from pathlib import Path

import pandas
import polars
import pyarrow
import pytest

import msp_audit
from msp_audit.domain import Rows
from msp_audit.errors import SettingsError, StoreError
from msp_audit.store import QuestionLimits
from msp_audit.workspace import Company, Desk, analyst


def test_the_examples_of_the_docstrings_are_true(demo: Path) -> None:
    done = doctest.testmod(analyst, extraglobs={"folder": demo})
    assert done.attempted >= 12
    assert done.failed == 0


def test_every_public_verb_of_the_desk_has_an_example() -> None:
    verbs = [getattr(Desk, name) for name in vars(Desk) if not name.startswith("_")]
    assert [verb for verb in verbs if ">>>" not in (verb.__doc__ or "")] == []


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


def test_a_figure_draws_itself(desk: Desk) -> None:
    assert desk.plot_trend()._repr_png_()[:4] == b"\x89PNG"


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
