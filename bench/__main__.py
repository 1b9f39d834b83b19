"""``python -m bench`` lists the claims; ``… CLAIM`` measures one, ``… all`` every one and writes the page."""

from __future__ import annotations

import ast
import runpy
import sys
from pathlib import Path

#: Parts of the benches, not claims.
PARTS = ("measure", "outcome", "page")


def claims() -> dict[str, str]:
    """Name of each claim and the first line of its docstring; a new claim is a new module."""
    paths = sorted(path for path in Path(__file__).parent.glob("[a-z]*.py") if path.stem not in PARTS)
    texts = {path.stem: ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) for path in paths}
    return {name: (text or "").partition("\n")[0] for name, text in texts.items()}


def main(arguments: list[str]) -> int:
    """Run the claim that is named as ``python -m bench.CLAIM`` would, all of them, or only write the page."""
    known = claims()
    match arguments:
        case ["all", *rest]:
            return measure_all(known, rest)
        case ["page"]:
            return write_page()
        case [name, *_] if name in known:
            sys.argv = arguments
            runpy.run_module(f"bench.{name}", run_name="__main__")
            return 0
    for name, meaning in {
        **known,
        "all": "Every claim, then the page",
        "page": "docs/performance.md",
    }.items():
        print(f"{name:<20} {meaning}")
    return 2 if arguments else 0


def measure_all(names: dict[str, str], arguments: list[str]) -> int:
    """Every claim at its full size, one after the other, each in a process of its own; then the page.

    A claim that breaks leaves its last result as it was, and is named at the end.
    """
    from bench.outcome import run_module

    broken = []
    for name in names:
        print(f"== {name}", flush=True)
        if run_module(name, arguments):
            broken.append(name)
    write_page()
    if broken:
        print(f"Not measured anew: {', '.join(broken)}", file=sys.stderr)
    return 1 if broken else 0


def write_page() -> int:
    """``docs/performance.md`` from the kept results."""
    from bench.page import main as page

    return page()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
