"""Write ``docs/performance.md`` from what the benches kept in ``bench/results``."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

from bench.measure import HERE, REPOSITORY, table
from bench.outcome import RESULTS

#: Claim -> beginning of a promise -> why it is missed.
REASONS = HERE / "why_missed.toml"
PAGE = REPOSITORY / "docs" / "performance.md"
HEAD = """\
# Performance

Every promise about speed and memory, with what was measured. `python -m bench all` measures everything again
and writes this page; `python -m bench CLAIM` measures one claim anew. [The benches](../bench/README.md) say
how, and against what. No test depends on a time. Seconds are those of the machine named with each claim; what
carries over to another one are the ratios, whose two sides ran one after the other in the same run.
"""


def main(results: Path = RESULTS, target: Path = PAGE) -> int:
    """Write the page; 1 when a promise is missed and nobody says why."""
    target.write_text(page(results), encoding="utf-8")
    unexplained = [
        f"{item['claim']}: {one['promise']}: {one['measured']}"
        for item in outcomes(results)
        for one in item["targets"]
        if not one["is_met"] and not _why(item, one)
    ]
    for promise in unexplained:
        print(f"Missed, and {REASONS.name} does not say why: {promise}", file=sys.stderr)
    return 1 if unexplained else 0


def outcomes(folder: Path) -> list[dict[str, Any]]:
    """What was kept, by claim."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]


def page(folder: Path) -> str:
    """The page as Markdown: every target first, then each claim with its tables."""
    found = outcomes(folder)
    return "\n".join([HEAD, *_targets(found), *(line for item in found for line in _claim(item))])


def _targets(found: list[dict[str, Any]]) -> list[str]:
    rows = [
        (f"[{item['claim']}](#{item['claim']})", target["promise"], target["measured"], _verdict(target))
        for item in found
        for target in item["targets"]
    ]
    missed = sum(row[3] != "met" for row in rows)
    told = f"{len(rows)} targets, {len(rows) - missed} met, {missed} missed; why, stands with the claim."
    return ["## Targets", "", told, "", table(rows, heads=("claim", "target", "measured", "")), ""]


def _claim(item: dict[str, Any]) -> list[str]:
    lines = [f"## {item['claim']}", "", item["title"], "", f"`{item['command']}`", ""]
    for grid in item["grids"]:
        lines += [grid["caption"], "", table(grid["rows"], heads=grid["heads"]), ""]
    for target in item["targets"]:
        if told := " ".join(filter(None, (target["remark"], _why(item, target)))):
            lines += [f"- **{target['promise']}: {_verdict(target).strip('*')}.** {told}"]
    lines += [f"- {remark}" for remark in item["remarks"]]
    machine = item["machine"]
    place = ", ".join(f"{name} {machine[name]}" for name in machine if name not in _PLACE)
    hardware = f"{machine['processor']}, {machine['cores']} cores, {machine['memory']}, {machine['system']}"
    return [*lines, f"- Measured on {item['measured_on']}: {hardware}; {place}.", ""]


def _why(item: dict[str, Any], target: dict[str, Any]) -> str:
    if target["is_met"]:
        return ""
    reasons: dict[str, str] = tomllib.loads(REASONS.read_text(encoding="utf-8")).get(item["claim"], {})
    return next((why for start, why in reasons.items() if target["promise"].startswith(start)), "")


_PLACE = ("processor", "cores", "memory", "system")


def _verdict(target: dict[str, Any]) -> str:
    return "met" if target["is_met"] else "**missed**"


if __name__ == "__main__":
    raise SystemExit(main())
