"""Tickets for eyes: some lines for each, as a row of so many columns does not fit a terminal."""

from __future__ import annotations

import shutil
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msp_audit.cli.show import plain

if TYPE_CHECKING:
    from msp_audit.delivery.ticket import Happening


def account_lines(account: Sequence[Happening]) -> Iterator[str]:
    """What was done or would be, and why; references stand on lines of their own, to be copied."""
    for item in account:
        step = "" if item.deed is None else f"{item.deed.value}, "
        yield from _block(
            f"{step}{item.status}: {item.title}" if item.title else f"{item.status}: {item.why}",
            _facts(
                f"ticket {item.ticket_id}" if item.ticket_id else "",
                item.company,
                _counted(item.findings, "finding"),
            ),
            item.why if item.title else "",
            item.ticket_key,
        )
    counts = Counter((item.status, item.deed.value) for item in account if item.deed is not None)
    if counts:
        told = (f"{count:,} {deed} {status}" for (status, deed), count in sorted(counts.items()))
        yield f"In all: {', '.join(told)}."


def status_lines(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The tickets that are followed."""
    for row in rows:
        told_at = "" if row["told_at"] is None else f"told {plain(row['told_at'])}"
        number = "Not there yet" if row["ticket_id"] is None else f"Ticket {row['ticket_id']}"
        waits_for = f"waits: {row['waits_for']}" if row["waits_for"] else ""
        yield from _block(
            f"{number}: {row['summary']}",
            _facts(
                row["state"],
                row["status_name"],
                row["company_name"],
                _counted(row["findings"], "finding"),
                _counted(row["notes"], "note"),
                told_at,
            ),
            waits_for,
            row["reference"],
        )


def _block(first: str, *rest: str) -> Iterator[str]:
    width = max(40, shutil.get_terminal_size().columns)
    yield from textwrap.wrap(plain(first), width, subsequent_indent="  ", break_on_hyphens=False)
    for text in filter(None, rest):
        yield from textwrap.wrap(
            plain(text), width, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False
        )
    yield ""


def _facts(*facts: str | None) -> str:
    return " · ".join(filter(None, facts))


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}" if count else ""
