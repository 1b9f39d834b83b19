"""Nothing grows past what one reads in one go."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.checkout import ROOT, package_files

MODULE_LINES = 400
FUNCTION_LINES = 60


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and length of every function in *path*."""
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_module_is_too_long() -> None:
    lines = {path: len((ROOT / path).read_bytes().splitlines()) for path in package_files(".py")}
    assert lines, "the package has no modules"
    assert {str(path): count for path, count in lines.items() if count > MODULE_LINES} == {}


def test_no_function_is_too_long() -> None:
    long = {
        f"{path}: {name}": count
        for path in package_files(".py")
        for name, count in functions(path)
        if count > FUNCTION_LINES
    }
    assert long == {}
