"""The security model names tests that exist, and leaves no promise without one."""

from __future__ import annotations

import ast
import re

import pytest

from tests.docs.pages import DOCS
from tests.house.checkout import ROOT

PAGE = (DOCS / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE)))


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_every_test_that_the_page_names_exists(file: str, test: str) -> None:
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    assert test in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_where_no_test_is_named_it_says_that_nothing_stops_it() -> None:
    tables = PAGE.split("\n## ")
    rows = [
        line
        for table in tables
        if re.search(r"\| test \|\n", table)
        for line in table.splitlines()
        if line.startswith("| ") and not line.endswith("| test |")
    ]
    assert len(rows) > 30
    assert [
        row for row in rows if "::" not in row and "**nothing**" not in row and "rights alone" not in row
    ] == []
