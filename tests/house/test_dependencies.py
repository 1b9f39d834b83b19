"""Every dependency has its line of reasons, and every line its dependency."""

from __future__ import annotations

import ast
import re
import sys
import tomllib

from tests.house.checkout import ROOT, package_files

DECISION = ROOT / "docs" / "decisions" / "0002-dependencies.md"
#: Imported by name, and a part of something declared.
COME_ALONG = {"markupsafe", "numpy", "pydantic_core"}

#: Depended upon without an import of ours: time zones on Windows, DuckDB's data frames.
UNSEEN = {"pandas", "tzdata"}


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


def imported() -> set[str]:
    """Top-level names that the package's modules import, at any depth."""
    found: set[str] = set()
    for path in package_files(".py"):
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.split(".")[0])
    return found


def test_the_program_uses_what_it_depends_on() -> None:
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    names = {re.split(r"[^\w.-]", entry, maxsplit=1)[0] for entry in document["project"]["dependencies"]}
    assert {name.replace("-", "_") for name in names} - imported() - UNSEEN == set()


def test_the_program_depends_on_what_it_uses() -> None:
    known = {name.replace("-", "_") for name in declared()} | set(sys.stdlib_module_names) | {"msp_audit"}
    assert imported() - known - COME_ALONG == set()
