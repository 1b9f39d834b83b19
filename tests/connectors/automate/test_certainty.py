"""What the catalogue says about the plugin's tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from msp_audit.cli.pages.rules import rule_pages
from msp_audit.connectors.automate.certainty import certainties
from msp_audit.connectors.automate.tables import TABLES


@pytest.mark.parametrize("name", TABLES)
def test_every_column_that_rules_judge_by_is_marked_once(name: str) -> None:
    known = certainties()[name]
    marked = [*known.certain, *known.inferred, *known.chosen]
    assert sorted(marked) == sorted(TABLES[name].required)


def test_a_page_says_what_stands_behind_a_rule_through_every_relation() -> None:
    pages = dict(rule_pages(cases=Path(__file__).parents[2] / "rules"))
    page = pages["rules/sync.asset_unsynced.md"]
    (row,) = [line for line in page.splitlines() if line.startswith("| `plugin_cw_lastassetsync`")]
    assert row == "| `plugin_cw_lastassetsync` |  |  | `TargetType`, `LTTargetID`, `CWConfigRecID` |"
    assert "only 13 (contact) is certain" in page
    silent = [name for name in pages if "/sync." in name and "## What is certain" not in pages[name]]
    assert silent == []
    assert "## What is certain" not in pages["rules/auvik.make_split.md"]
