"""The pages as the tests of the documents see them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.house.checkout import ROOT

DOCS = ROOT / "docs"
_BLOCK = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
_FIRST = "<!-- Made by"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block of code on a page."""

    page: Path
    #: ``sh``, ``sh no-run``, ``sql`` …
    info: str
    text: str


def pages() -> list[Path]:
    """Every page for people: README, guides, generated reference."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]


def guides() -> list[Path]:
    """The pages that are written by hand."""
    return [page for page in pages() if _FIRST not in page.read_text(encoding="utf-8")[:300]]


def blocks(page: Path) -> Iterator[Block]:
    """The blocks of *page*, in order."""
    for found in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        yield Block(page=page, info=found["info"].strip(), text=found["text"])


def prose(page: Path) -> str:
    """The page without its blocks."""
    return _BLOCK.sub("", page.read_text(encoding="utf-8"))


def name(page: Path) -> str:
    """How a test is called after *page*."""
    return page.relative_to(ROOT).as_posix()
