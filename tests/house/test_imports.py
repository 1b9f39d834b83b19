"""Each import contract turns red when somebody breaks it, and is green before."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.house.checkout import ROOT, copy_modules, run_tool

#: Contract -> modules that break it, and only it.
BREACHES = {
    "Imports point downward": {
        "msp_audit/store/planted_up.py": "import msp_audit.audit",
        "msp_audit/reporting/planted_beside.py": "import msp_audit.delivery",
        "msp_audit/connectors/planted_beside.py": "import msp_audit.store",
        "msp_audit/settings/planted_up.py": "import msp_audit.workspace",
    },
    "The sandbox stands in for vendors and knows nothing of ours but words and settings": {
        "msp_audit/sandbox/planted.py": "import msp_audit.connectors",
    },
    "One door for DuckDB: the store": {"msp_audit/audit/planted_duckdb.py": "import duckdb"},
    "One door for HTTP and MySQL: the connectors": {
        "msp_audit/delivery/planted_httpx.py": "import httpx",
        "msp_audit/store/planted_pymysql.py": "from pymysql import connect",
    },
    "One door for documents: reporting": {
        "msp_audit/delivery/planted_jinja.py": "def late():\n    import jinja2",
        "msp_audit/store/planted_weasyprint.py": "import weasyprint",
        "msp_audit/audit/planted_matplotlib.py": "from matplotlib import figure",
        "msp_audit/sandbox/planted_xlsxwriter.py": "import xlsxwriter",
        "msp_audit/connectors/planted_inline.py": "import css_inline",
    },
    "One door for mail: delivery": {"msp_audit/reporting/planted_smtplib.py": "import smtplib"},
    "One door for the terminal: the command line": {
        "msp_audit/audit/planted_rich.py": "import rich",
        "msp_audit/settings/planted_typer.py": "import typer",
    },
    "One door for serving: the sandbox": {
        "msp_audit/connectors/planted_starlette.py": "import starlette",
        "msp_audit/delivery/planted_uvicorn.py": "import uvicorn",
    },
}


def contracts() -> list[str]:
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [contract["name"] for contract in document["tool"]["importlinter"]["contracts"]]


def report(folder: Path) -> str:
    """What import-linter says, on long lines."""
    script = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    return re.sub(r"\s+", " ", run_tool("-c", script, folder=folder).stdout)


@pytest.fixture(scope="module")
def breached(tmp_path_factory: pytest.TempPathFactory) -> str:
    """One report over a copy in which every contract is broken."""
    folder = copy_modules(tmp_path_factory.mktemp("breached"))
    for modules in BREACHES.values():
        for path, line in modules.items():
            (folder / path).write_text(f"{line}\n", encoding="utf-8")
    return report(folder)


def test_every_contract_has_its_breach() -> None:
    assert sorted(contracts()) == sorted(BREACHES)


def test_the_modules_as_they_are_keep_every_contract(tmp_path: Path) -> None:
    said = report(copy_modules(tmp_path))
    assert f"Contracts: {len(BREACHES)} kept, 0 broken" in said, said


@pytest.mark.parametrize("contract", BREACHES)
def test_a_breach_breaks_the_contract(contract: str, breached: str) -> None:
    assert f"{contract} BROKEN" in breached


@pytest.mark.parametrize("path", [path for modules in BREACHES.values() for path in modules])
def test_the_report_names_the_module(path: str, breached: str) -> None:
    assert path.removesuffix(".py").replace("/", ".") in breached


def test_a_module_without_a_layer_is_refused(tmp_path: Path) -> None:
    folder = copy_modules(tmp_path)
    (folder / "msp_audit/helpers.py").write_text('"""Homeless."""\n', encoding="utf-8")
    assert "msp_audit.helpers" in report(folder)
