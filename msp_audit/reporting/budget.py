"""Cuts a page to a number of rows, fairly, and counts what it leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from msp_audit.reporting.part import Group, Section
from msp_audit.reporting.shares import shares

#: Rows of a plain table in the HTML; the rest is counted.
PLAIN_ROWS = 2_000


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
