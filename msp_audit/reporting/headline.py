"""The first line of every face: what was not checked, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msp_audit.domain import Record
from msp_audit.reporting.words import count, counted, joined, source_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """What was not checked, and what was found."""

    #: Whether everything configured was read and judged.
    is_whole: bool
    #: The first line.
    checked: str
    #: The second: what was found, and when nothing was, in what.
    found: str


def headline(
    not_checked: Sequence[Record], facts: Mapping[str, Any], *, is_for_customer: bool = False
) -> Headline:
    """The two sentences; *not_checked* are that section's rows, *facts* the row of ``head.sql``.

    A customer is told whether something is missing, not which of our systems refused what.
    """
    faults = [row for row in not_checked if row["kind"] != "source"]
    if is_for_customer:
        return Headline(
            is_whole=not faults,
            checked=_FOR_CUSTOMER[not faults],
            found=counted(facts["open_count"] - facts["below_floor_count"], "point")
            + " to look at together.",
        )
    return Headline(
        is_whole=not faults,
        checked=_whole(not_checked) if not faults else _not_checked(not_checked),
        found=_found(facts),
    )


_FOR_CUSTOMER = {
    True: "Everything was read completely.",
    False: "A part could not be read this time. What could not be re-checked stays listed.",
}


def _whole(not_checked: Sequence[Record]) -> str:
    if not not_checked:
        return "Everything configured was read completely and every rule was judged."
    told = joined(
        [f"{counted(row['item_count'], 'rule')} for {source_name(row['place'])}" for row in not_checked]
    )
    return (
        "Everything configured was read completely and every rule on it was judged. "
        f"Not configured, so left aside: {told}."
    )


def _not_checked(not_checked: Sequence[Record]) -> str:
    lists: dict[str, int] = {}
    for row in not_checked:
        if row["kind"] == "list":
            lists[row["place"]] = lists.get(row["place"], 0) + row["item_count"]
    parts = [f"{counted(number, 'list')} of {source_name(source)}" for source, number in lists.items()]
    if rules := sum(row["item_count"] for row in not_checked if row["kind"] == "rule"):
        parts.append(counted(rules, "rule"))
    if sources := [source_name(row["place"]) for row in not_checked if row["kind"] == "source"]:
        parts.append(f"{joined(sources)} (not configured)")
    return f"Not checked: {joined(parts)}. What could not be re-checked stays open."


def _found(facts: Mapping[str, Any]) -> str:
    examined = (
        f"{counted(facts['rules_judged'], 'rule')} judged over {count(facts['records_examined'])} records "
        f"of {joined([source_name(source) for source in facts['sources_read']]) or 'no source'}"
    )
    if not facts["open_count"]:
        return f"Nothing found: {examined}."
    return f"{counted(facts['open_count'], 'open finding')}; {examined}."
