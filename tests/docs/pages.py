"""The pages as the tests of the documents see them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.house.checkout import ROOT

DOCS = ROOT / "docs"
_BLOCK = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
_STEP = re.compile(rf"{_BLOCK.pattern}|^<!-- run: (?P<unseen>[^\n]*) -->$", re.DOTALL | re.MULTILINE)
#: Their scripts are run one by one, each over a demo of its own.
SCRIPTS_APART = {"analyst"}
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


def session(page: Path) -> str:
    """What the tests run of *page*, in order, as one script: its ``sh`` blocks, scripts and unseen lines.

    An unseen line, ``<!-- run: … -->``, does what the reader does elsewhere, such as filling in settings. The
    scripts of a page are run too where it has shell blocks that make what they read.
    """
    parts = []
    for found in _STEP.finditer(page.read_text(encoding="utf-8")):
        info, text = (found["info"] or "").strip(), found["text"]
        if found["unseen"]:
            parts.append(found["unseen"])
        elif info == "sh":
            parts.append(text)
        elif info == "python" and page.stem not in SCRIPTS_APART:
            parts.append(f"python - <<'PYTHON'\n{text}PYTHON\n")
    # The last command's answer may be "there are findings".
    return "\n".join([*parts, ":"])


def prose(page: Path) -> str:
    """The page without its blocks."""
    return _BLOCK.sub("", page.read_text(encoding="utf-8"))


def name(page: Path) -> str:
    """How a test is called after *page*."""
    return page.relative_to(ROOT).as_posix()
