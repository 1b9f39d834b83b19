"""The rights that tickets need, line by line, and which of them this API member lacks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from msp_audit.domain import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class NeededRight:
    """One line of a security role."""

    module: str
    #: Names under which versions of the PSA list it.
    functions: tuple[str, ...]
    #: ``inquireLevel``, ``addLevel``, ``editLevel``.
    level: str
    why: str
    #: Without it records are hidden, so that what exists looks missing.
    hides: bool = False
    #: Only needed when the settings name a contact.
    is_for_contact: bool = False

    def __str__(self) -> str:
        word = self.level.removesuffix("Level").capitalize()
        return f"Set {self.module} > {self.functions[0]} > {word} Level to All: {self.why}."


_TICKETS = ("Service Tickets",)
_FILES = ("Manage Documents", "Manage Attachments")

#: In the order of the PSA's own screen; docs/tickets.md shows the same lines.
RIGHTS = (
    NeededRight(
        module="Companies",
        functions=("Company Maintenance",),
        level="inquireLevel",
        why="the company of a ticket is looked up before it is made",
    ),
    NeededRight(
        module="Companies",
        functions=("Contacts",),
        level="inquireLevel",
        why="the contact of a ticket is looked up",
        is_for_contact=True,
    ),
    NeededRight(
        module="Companies",
        functions=_FILES,
        level="addLevel",
        why="files are attached",
    ),
    NeededRight(
        module="Companies",
        functions=_FILES,
        level="inquireLevel",
        why="files are listed before they are attached again",
    ),
    NeededRight(
        module="Service Desk",
        functions=_TICKETS,
        level="inquireLevel",
        why="a ticket is looked for before one is made",
        hides=True,
    ),
    NeededRight(module="Service Desk", functions=_TICKETS, level="addLevel", why="tickets are made"),
    NeededRight(
        module="Service Desk",
        functions=_TICKETS,
        level="editLevel",
        why="notes are written and statuses changed",
    ),
    NeededRight(
        module="Service Desk",
        functions=("Close Service Tickets",),
        level="editLevel",
        why="closed tickets are reopened, and resolved ones closed",
    ),
    NeededRight(
        module="System",
        functions=("Table Setup",),
        level="inquireLevel",
        why="boards, statuses, teams and priorities are looked up by name",
    ),
)


def missing_rights(records: Sequence[Record] | None, *, has_contact: bool) -> list[NeededRight]:
    """The rights that *records* (``/system/mySecurity``) do not grant; none where nobody tells."""
    if records is None:
        return []
    wanted = [right for right in RIGHTS if has_contact or not right.is_for_contact]
    return [right for right in wanted if _is_missing(right, records)]


def _is_missing(right: NeededRight, records: Sequence[Record]) -> bool:
    names = {_word(name) for name in right.functions}
    levels = [
        str(record.get(right.level) or "None")
        for record in records
        if names
        & {_word(record.get(f"moduleFunction{part}")) for part in ("Name", "Description", "Identifier")}
    ]
    # A role that does not list the line at all is an older server's; trying tells.
    return bool(levels) and "all" not in {level.casefold() for level in levels}


def _word(value: object) -> str:
    return re.sub(r"[^a-z]+", "", str(value).rpartition(":")[2].casefold())
