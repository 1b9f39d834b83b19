"""Writes what ``make coverage`` measured into docs/testing.md: a table by room.

Ends with 1 when a module under the line has no reason in the page, or one has a reason and needs none.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "testing.md"
#: Percent of lines and branches below which a module wants a reason in the page.
LINE = 85
_TABLE = re.compile(r"(?<=<!-- measured -->\n).*(?=<!-- end -->)", re.DOTALL)
_REASON = re.compile(r"^\| `(msp_audit/[\w/]+\.py)` \|", re.MULTILINE)


def measured() -> dict[str, tuple[int, int, int, int]]:
    """Module -> statements, those that ran, branches, those that were taken."""
    told = json.loads((ROOT / "build" / "coverage" / "coverage.json").read_bytes())["files"]
    members = ("num_statements", "covered_lines", "num_branches", "covered_branches")
    counts = {name: tuple(one["summary"][member] for member in members) for name, one in told.items()}
    return {name: count for name, count in sorted(counts.items()) if count[0]}


def percent(counts: tuple[int, int, int, int]) -> float:
    """Lines and branches together, as coverage.py reckons them."""
    statements, ran, branches, taken = counts
    return 100 * (ran + taken) / (statements + branches)


def main() -> int:
    """Rewrite the table; tell of modules without a reason."""
    modules = measured()
    rooms: dict[str, list[tuple[int, int, int, int]]] = defaultdict(list)
    for name, counts in modules.items():
        parts = name.split("/")
        rooms[parts[1] if len(parts) > 2 else "the top"].append(counts)
    lines = [
        f"Measured on {datetime.now(UTC):%Y-%m-%d}, Python {sys.version.split()[0]}, {sys.platform}.\n",
        "| room | modules | lines | run | branches | taken | lines and branches |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    totals = [("all", list(modules.values()))]
    for room, counts in [*sorted(rooms.items()), *totals]:
        statements, ran, branches, taken = (sum(one[place] for one in counts) for place in range(4))
        lines.append(
            f"| {room} | {len(counts)} | {statements:,} | {100 * ran / statements:.1f} %"
            f" | {branches:,} | {100 * taken / (branches or 1):.1f} %"
            f" | {percent((statements, ran, branches, taken)):.1f} % |"
        )
    table = "\n".join(lines) + "\n"
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(_TABLE.sub(lambda _: table, page), encoding="utf-8")
    sys.stdout.write(table)
    low = {name: percent(counts) for name, counts in modules.items() if percent(counts) < LINE}
    reasons = set(_REASON.findall(page))
    for name in sorted(set(low) - reasons):
        sys.stdout.write(f"{name}: {low[name]:.1f} %, and docs/testing.md gives no reason\n")
    for name in sorted(reasons - set(low)):
        told = f"{percent(modules[name]):.1f} %" if name in modules else "is gone"
        sys.stdout.write(f"{name}: {told}; docs/testing.md need give no reason\n")
    return int(set(low) != reasons)


if __name__ == "__main__":
    sys.exit(main())
