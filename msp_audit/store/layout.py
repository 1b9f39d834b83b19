"""The steps that bring a database's schema up to this program's version."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "migrations"


@cache
def layout_steps() -> dict[int, Path]:
    """Number of each step -> its file, in order; the highest is this program's layout."""
    return {int(path.name[:4]): path for path in sorted(_FOLDER.glob("[0-9]*.sql"))}
