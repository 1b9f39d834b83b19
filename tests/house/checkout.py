"""The checkout as the house tests see it: its files, and a copy in which a breach may be planted."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "msp_audit"


def package_files(*suffixes: str) -> list[Path]:
    """Every file of the package, relative to the checkout; of all kinds when no suffix is given."""
    return sorted(
        path.relative_to(ROOT)
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and (not suffixes or path.suffix in suffixes)
    )


def copy_modules(target: Path) -> Path:
    """A copy of pyproject.toml and the package's Python modules below *target*."""
    shutil.copy(ROOT / "pyproject.toml", target)
    for path in package_files(".py"):
        copy = target / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, copy)
    return target


def run_tool(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a module of this environment in *folder*; its output is text, errors included."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
