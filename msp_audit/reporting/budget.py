"""Cuts a page to a number of rows, fairly, and counts what it leaves out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from msp_audit.reporting.page import Group, Section


def shares(sizes: Sequence[int], *, budget: int) -> list[int]:
    """How much of each size fits when all together may have *budget*: small ones whole, large ones alike.

    What does not divide evenly goes to the first ones, so the result depends on nothing but its input.
    """
    kept = [0] * len(sizes)
    left = budget
    by_size = sorted(range(len(sizes)), key=lambda place: (sizes[place], place))
    for done, place in enumerate(by_size):
        waiting = len(by_size) - done
        if sizes[place] * waiting > left:
            fair, extra = divmod(left, waiting)
            for turn, other in enumerate(sorted(by_size[done:])):
                kept[other] = min(sizes[other], fair + (turn < extra))
            break
        kept[place] = sizes[place]
        left -= sizes[place]
    return kept


def cut_sections(sections: Mapping[str, Section], *, rows: int) -> dict[str, Section]:
    """The *sections* cut so that all together show at most *rows* rows."""
    names = list(sections)
    allowed = shares([sections[name].total for name in names], budget=rows)
    return {name: cut_section(sections[name], rows=share) for name, share in zip(names, allowed, strict=True)}


def cut_section(section: Section, *, rows: int) -> Section:
    """*section* with at most *rows* rows: each group keeps its first ones, none starves another."""
    if section.total <= rows:
        return section
    kept = shares([len(group.rows) for group in section.groups], budget=rows)
    groups = tuple(
        Group(rows=group.rows[:number], left_out=group.total - number)
        for group, number in zip(section.groups, kept, strict=True)
        if number
    )
    gone = [group for group, number in zip(section.groups, kept, strict=True) if not number]
    return replace(
        section,
        groups=groups,
        groups_left_out=section.groups_left_out + len(gone),
        rows_left_out=section.rows_left_out + sum(group.total for group in gone),
    )
