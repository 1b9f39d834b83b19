"""The command line answers at once: nothing heavy is imported before it is needed."""

from __future__ import annotations

import re

import pytest

from tests.house.checkout import ROOT, run_tool

HEAVY = {
    "css_inline",
    "duckdb",
    "httpx",
    "jinja2",
    "matplotlib",
    "numpy",
    "pandas",
    "pymysql",
    "starlette",
    "uvicorn",
    "weasyprint",
    "xlsxwriter",
}


@pytest.fixture(scope="module")
def imported() -> set[str]:
    """Top-level names that ``msp-audit --help`` imports."""
    result = run_tool("-X", "importtime", "-m", "msp_audit", "--help", folder=ROOT)
    assert result.returncode == 0, result.stdout[-2000:]
    return {
        name.split(".")[0]
        for name in re.findall(r"^import time:.*\|\s*([\w.]+)$", result.stdout, re.MULTILINE)
    }


def test_help_imports_the_command_line(imported: set[str]) -> None:
    assert {"msp_audit", "typer"} <= imported


def test_help_imports_nothing_heavy(imported: set[str]) -> None:
    assert imported & HEAVY == set()


def test_importing_the_package_imports_nothing_heavy() -> None:
    script = f"import sys, msp_audit; print(sorted(set(sys.modules) & {HEAVY!r}))"
    assert run_tool("-c", script, folder=ROOT).stdout.strip() == "[]"
