"""Every dependency has its line of reasons, and every line its dependency."""

from __future__ import annotations

import re
import tomllib

from tests.house.checkout import ROOT

DECISION = ROOT / "docs" / "decisions" / "0002-dependencies.md"


def declared() -> set[str]:
    """Names in pyproject.toml, of the program and of its tests."""
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = document["project"].get("optional-dependencies", {})
    groups = [document["project"]["dependencies"], *document["dependency-groups"].values(), *extras.values()]
    return {re.split(r"[^\w.-]", entry, maxsplit=1)[0].lower() for group in groups for entry in group}


def explained() -> dict[str, list[str]]:
    """Name -> reason, licence and weight, from the tables."""
    rows = re.findall(r"^\| `([\w.-]+)` \|(.*)\|$", DECISION.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: [cell.strip() for cell in cells.split("|")] for name, cells in rows}


def test_each_dependency_is_explained_and_no_other() -> None:
    assert sorted(explained()) == sorted(declared())


def test_each_line_gives_reason_licence_and_weight() -> None:
    assert {name: cells for name, cells in explained().items() if len(cells) != 3 or not all(cells)} == {}
