"""Ruff, mypy and sqlfluff turn red where the house rules are broken, and stay green where they are kept."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.house.checkout import ROOT, run_tool

CLEAN_MODULE = '''"""A module that keeps the rules."""


def double(number: int) -> int:
    """Twice *number*."""
    return number * 2
'''

#: Rule -> a module that breaks it.
PYTHON = {
    "F401": "import os\n",
    "I001": "import tomllib\nimport re\n",
    "D103": "def open_findings() -> int:\n    return 1\n",
    "ANN001": "def _f(x) -> None: ...\n",
    "ANN201": "def f(): ...\n",
    "ANN401": "from typing import Any\ndef _f(x: Any) -> None: ...\n",
    "B006": "def _f(x: list[int] = []) -> None: ...\n",
    "BLE001": "try:\n    pass\nexcept Exception:\n    pass\n",
    "C408": "x = dict(a=1)\n",
    "DTZ005": "import datetime\nx = datetime.datetime.now()\n",
    "E501": f"x = '{'x' * 110}'\n",
    "ERA001": "# x = 1\n",
    "FBT001": "def _f(x: bool) -> None: ...\n",
    "N802": "def _notSnake() -> None: ...\n",
    "PLR0913": f"def _f({', '.join(f'{c}: int' for c in 'abcdefghijk')}) -> None: ...\n",
    "PTH123": "open('x')\n",
    "RET505": "def _f(x: int) -> int:\n    if x:\n        return 1\n    else:\n        return 2\n",
    "RUF100": "x = 1  # noqa: F401\n",
    "S608": "def _f(name: str) -> str:\n    return f'select a from {name} where b'\n",
    "SIM108": "x = 1\nif x:\n    y = 1\nelse:\n    y = 2\n",
    "T201": "print('x')\n",
    "TID252": "from . import errors\n",
    "UP006": "from typing import List\nx: List[int] = []\n",
}

#: mypy's code -> a module that breaks it.
TYPES = {
    "no-untyped-def": "def f(x): return x\n",
    "type-arg": "x: dict = {}\n",
    "no-any-return": "from typing import Any\ndef f(x: Any) -> int:\n    return x\n",
    "return-value": "def f() -> int:\n    return 'x'\n",
    "unused-ignore": "x = 1  # type: ignore[assignment]\n",
    "unreachable": "def f(x: int) -> int:\n    if isinstance(x, str):\n        return 1\n    return 2\n",
}

CLEAN_SQL = """/*
title = "The header is TOML in a comment,\
 with a sentence that is far longer than any line of code would be allowed to be, and rightly so."
[params]
seen_within_days = 30
*/
with mapped as (
    select
        links.client_id,
        min(links.company_id) as company_id,
        list(distinct links.company_id order by links.company_id) as company_ids,
        count(*) filter (where links.company_id > 0) as mapped_count
    from core.client_links as links
    group by links.client_id
)

select
    mapped.company_id,
    computers.computer_id as entity_id,
    computers.item.deletedFlag as is_deleted,
    null::bigint as nothing,
    list_transform(mapped.company_ids, lambda entry: entry + 1) as shifted,
    from_json(computers.payload, '{"id":"BIGINT","status":{"name":"VARCHAR"}}') as item,
    date_diff('day', computers.last_contact_at, $as_of) as days_silent
from automate.computers as computers
left join mapped
    on computers.client_id = mapped.client_id
where
    computers.last_contact_at >= $as_of - to_days($seen_within_days)
    and ($literal or mapped.company_id is not null)
"""

#: sqlfluff's rule -> a query that breaks it.
SQL = {
    "CP01": "SELECT a.b from c as a\n",
    "CP02": "select a.b as Bad from c as a\n",
    "AL01": "select a.b from c a\n",
    "AL02": "select a.b bad from c as a\n",
    "AM01": "select distinct a.b from c as a group by a.b\n",
    "CV03": "select\n    a.b,\n    a.d,\nfrom c as a\n",
    "LT02": "select\n  a.b,\n  a.d\nfrom c as a\n",
    "LT04": "select\n    a.b\n    , a.d\nfrom c as a\n",
    "RF02": "select b from c as a inner join d as e on a.f = e.f\n",
    "RF03": "select a.b, d from c as a\n",
    "PRS": "select from where\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty project under the house rules."""
    for name in ("pyproject.toml", ".sqlfluff"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "msp_audit").mkdir()
    return tmp_path


def plant(folder: Path, breaches: dict[str, str], suffix: str) -> None:
    for code, text in breaches.items():
        (folder / "msp_audit" / f"breach_{code.lower().replace('-', '_')}{suffix}").write_text(
            text, encoding="utf-8"
        )


def missed(breaches: dict[str, str], said: str, suffix: str) -> list[str]:
    """Codes that no line names together with the file that breaks them."""
    lines = said.splitlines()
    return [
        code
        for code in breaches
        if not any(
            code in line and f"breach_{code.lower().replace('-', '_')}{suffix}" in line for line in lines
        )
    ]


def test_ruff_sees_every_planted_breach(folder: Path) -> None:
    plant(folder, PYTHON, ".py")
    result = run_tool("-m", "ruff", "check", "--no-cache", "--output-format", "concise", ".", folder=folder)
    assert result.returncode == 1
    assert missed(PYTHON, result.stdout, ".py") == []


def test_ruff_leaves_a_clean_module_alone(folder: Path) -> None:
    (folder / "msp_audit" / "__init__.py").write_text('"""A package."""\n', encoding="utf-8")
    (folder / "msp_audit" / "clean.py").write_text(CLEAN_MODULE, encoding="utf-8")
    result = run_tool("-m", "ruff", "check", "--no-cache", ".", folder=folder)
    assert result.returncode == 0, result.stdout


def test_ruff_sees_a_layout_that_is_not_ours(folder: Path) -> None:
    (folder / "msp_audit" / "layout.py").write_text("x = {'a':1}\n", encoding="utf-8")
    assert run_tool("-m", "ruff", "format", "--no-cache", "--check", ".", folder=folder).returncode == 1


@pytest.mark.slow
def test_mypy_sees_every_planted_breach(folder: Path) -> None:
    plant(folder, TYPES, ".py")
    (folder / "msp_audit" / "clean.py").write_text(CLEAN_MODULE, encoding="utf-8")
    result = run_tool("-m", "mypy", "--cache-dir", "cache", "--show-error-codes", "msp_audit", folder=folder)
    assert result.returncode == 1
    assert missed(TYPES, result.stdout, ".py") == []
    assert "clean.py" not in result.stdout


@pytest.mark.slow
def test_sqlfluff_sees_every_planted_breach(folder: Path) -> None:
    plant(folder, SQL, ".sql")
    (folder / "msp_audit" / "clean.sql").write_text(CLEAN_SQL, encoding="utf-8")
    result = run_tool(
        *("-m", "sqlfluff", "lint", "--processes", "1", "--format", "github-annotation-native", "msp_audit"),
        folder=folder,
    )
    assert result.returncode == 1
    assert missed(SQL, result.stdout, ".sql") == []
    assert "clean.sql" not in result.stdout, result.stdout
