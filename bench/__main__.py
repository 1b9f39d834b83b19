"""``python -m bench`` lists the claims; ``python -m bench CLAIM …`` measures one: each is a module here."""

from __future__ import annotations

import ast
import runpy
import sys
from pathlib import Path

#: Parts of the benches, not claims.
PARTS = ("measure",)


def claims() -> dict[str, str]:
    """Name of each claim and the first line of its docstring; a new claim is a new module."""
    paths = sorted(path for path in Path(__file__).parent.glob("[a-z]*.py") if path.stem not in PARTS)
    texts = {path.stem: ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) for path in paths}
    return {name: (text or "").partition("\n")[0] for name, text in texts.items()}


def main(arguments: list[str]) -> int:
    """Run the claim that is named, as ``python -m bench.CLAIM`` would."""
    known = claims()
    if not arguments or arguments[0] not in known:
        for name, meaning in known.items():
            print(f"{name:<20} {meaning}")
        return 0 if not arguments else 2
    sys.argv = arguments
    runpy.run_module(f"bench.{arguments[0]}", run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
