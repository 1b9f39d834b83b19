"""Markdown in small pieces, so that every generated page is laid out alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

NOTICE = "<!-- Made by 'msp-audit docs' from the code. What is written in here by hand is lost. -->"


def page(title: str, *blocks: str) -> str:
    """A whole page; empty blocks are left out."""
    return "\n\n".join((f"# {title}", NOTICE, *(block for block in blocks if block))) + "\n"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; its cells may hold Markdown, but no line ends."""
    lines = [_row(headings), "|" + "---|" * len(headings), *(_row(row) for row in rows)]
    return "\n".join(lines)


def code(text: str, *, language: str) -> str:
    """A block of code."""
    return f"```{language}\n{text.strip()}\n```"


def word(text: str) -> str:
    """Something that is typed or read exactly so."""
    return f"`{text}`"


def words(texts: Iterable[str]) -> str:
    """Several of these."""
    return ", ".join(word(text) for text in texts)


def link(text: str, target: str) -> str:
    """A link to *target*."""
    return f"[{text}]({target})"


def anchor(heading: str) -> str:
    """Where a heading is found within its page, by the rule that GitHub and site generators share."""
    kept = "".join(sign for sign in heading.lower() if sign.isalnum() or sign in " -_")
    return kept.replace(" ", "-")


def one_line(text: str) -> str:
    """*text* without line ends and without surplus blanks."""
    return " ".join(text.split())


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(one_line(cell).replace("|", "\\|") for cell in cells) + " |"
