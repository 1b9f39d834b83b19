"""What is exported is read by other engines as it is."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import duckdb
import polars
import pyarrow.dataset
import pytest

from msp_audit.errors import StoreError
from msp_audit.store import copy_relations
from msp_audit.workspace import Desk

RELATIONS = ("psa.configurations", "auvik.devices", "audit.findings", "core.computer_links")


def test_parquet_is_read_by_pyarrow_and_polars(desk: Desk, tmp_path: Path) -> None:
    written = copy_relations(
        desk.workspace.published, RELATIONS, tmp_path, workspace="north", file_format="parquet"
    )
    for item in written:
        assert (
            item.path.parent
            == tmp_path / "workspace=north" / f"relation={item.relation}" / "run_date=2026-11-16"
        )
        expected = desk.table(item.relation)
        folder = tmp_path / "workspace=north" / f"relation={item.relation}"
        table = pyarrow.dataset.dataset(folder, format="parquet", partitioning="hive").to_table()
        assert table.num_rows == len(expected) == item.rows
        assert set(expected.columns) | {"run_date"} == set(table.column_names)
        frame = polars.scan_parquet(folder / "**/*.parquet", hive_partitioning=True).collect()
        assert frame.height == len(expected)
        key = str(expected.columns[0])
        assert sorted(map(str, frame[key])) == sorted(map(str, expected[key]))


def test_everything_can_be_exported_and_nothing_private_is(desk: Desk, tmp_path: Path) -> None:
    written = copy_relations(desk.workspace.published, (), tmp_path, workspace="n", file_format="duckdb")
    assert {"psa.companies", "automate.computers", "audit.runs"} <= {item.relation for item in written}
    assert not any(item.relation.startswith("history.") for item in written)
    with duckdb.connect(str(written[0].path), read_only=True) as copied:
        found = copied.execute("select count(*) from psa.companies").fetchall()
    assert found == [(len(desk.table("psa.companies")),)]


def test_csv_has_no_live_formula(desk: Desk, tmp_path: Path) -> None:
    names = desk.table("automate.computers")["name"].dropna()
    assert names.str.startswith("=").any()
    (item,) = copy_relations(
        desk.workspace.published, ["automate.computers"], tmp_path, workspace="n", file_format="csv"
    )
    with item.path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == item.rows
    assert not [row["name"] for row in rows if row["name"].lstrip().startswith(("=", "+", "-", "@"))]


def test_a_second_export_replaces_the_day_and_leaves_nothing_half_done(desk: Desk, tmp_path: Path) -> None:
    for _ in range(2):
        copy_relations(
            desk.workspace.published, ["psa.companies"], tmp_path, workspace="n", file_format="parquet"
        )
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["part-0.parquet"]


def test_a_relation_that_is_none_is_told(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no relation 'psa\.nothing'"):
        copy_relations(desk.workspace.published, ["psa.nothing"], tmp_path, workspace="n", file_format="csv")


def test_an_export_beside_a_missing_database_says_what_makes_it(tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "none", ignore_errors=True)
    with pytest.raises(StoreError, match="msp-audit run"):
        copy_relations(tmp_path / "none.duckdb", (), tmp_path, workspace="n", file_format="csv")
