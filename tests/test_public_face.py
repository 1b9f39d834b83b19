"""What ``import msp_audit`` offers, and that it costs nothing before it is used."""

from __future__ import annotations

from datetime import datetime

import pandas
import pytest

import msp_audit
from msp_audit.domain import Rows
from tests.house.checkout import ROOT, run_tool


@pytest.mark.parametrize("name", msp_audit.__all__)
def test_every_name_is_there(name: str) -> None:
    assert getattr(msp_audit, name) is not None
    assert name in dir(msp_audit)


def test_the_face_is_small() -> None:
    assert len(msp_audit.__all__) <= 20
    assert len(set(msp_audit.__all__)) == len(msp_audit.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Wrokspace'"):
        msp_audit.Wrokspace  # noqa: B018


def test_importing_brings_no_other_module_of_ours() -> None:
    script = "import sys, msp_audit; print([n for n in sys.modules if n.startswith('msp_audit.')])"
    assert run_tool("-c", script, folder=ROOT).stdout.strip() == "[]"


def test_rows_become_a_frame_whose_whole_numbers_stay_whole() -> None:
    rows = Rows(
        columns=("company_id", "name", "seen_at"),
        types=("BIGINT", "VARCHAR", "TIMESTAMP"),
        rows=((2, "Acme", datetime(2026, 11, 2)), (None, None, None)),
    )
    frame = rows.to_frame()
    assert list(frame.columns) == ["company_id", "name", "seen_at"]
    assert frame["company_id"].dtype == "Int64"
    assert frame["company_id"].isna().tolist() == [False, True]
    assert frame["seen_at"][0] == pandas.Timestamp("2026-11-02")


def test_no_rows_become_a_frame_with_columns() -> None:
    frame = Rows(columns=("a", "b"), types=("INTEGER", "VARCHAR"), rows=()).to_frame()
    assert list(frame.columns) == ["a", "b"]
    assert len(frame) == 0
