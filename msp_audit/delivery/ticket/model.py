"""The words of the ticket channel as values: items, groups, what the ledger and the other system hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from msp_audit.domain import Severity

#: Finding -> its severity and a name for people, as a ticket was last told.
Told = Mapping[str, tuple[Severity, str]]


class Kind(StrEnum):
    """What the findings of one ticket share, beside their company."""

    RULE = "rule"
    THEME = "theme"
    RUN = "run"
    #: The collecting ticket of a flood.
    FLOOD = "flood"


class State(StrEnum):
    """Where one ticket of the ledger stands."""

    #: Intended; nobody knows yet whether it exists.
    CREATING = "creating"
    LIVE = "live"
    #: Somebody deleted it, and it is not to be made anew.
    DELETED = "deleted"
    #: A later ticket may take its place.
    OVER = "over"


class Gone(StrEnum):
    """Why a finding is no longer in its group."""

    RESOLVED = "no longer found"
    SUPPRESSED = "accepted for a while"
    EXPLAINED = "explained by another finding"
    LEFT_OUT = "no longer ticketed"


class Deed(StrEnum):
    """One thing that is done to a ticket."""

    CREATE = "create"
    ADOPT = "adopt"
    NOTE = "note"
    REOPEN = "reopen"
    CLOSE = "close"
    ATTACH = "attach"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One open finding as a ticket tells it."""

    finding_id: str
    rule: str
    severity: Severity
    entity_id: str
    entity_name: str
    reason: str
    key: str = ""
    company_id: int | None = None
    company_name: str = ""
    first_seen_at: datetime | None = None

    @property
    def label(self) -> str:
        """A name for people."""
        return self.entity_name or self.entity_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Findings that share a ticket."""

    #: External reference of its first ticket.
    key: str
    kind: Kind
    #: Rule or theme; ``run`` or ``flood``.
    scope: str
    title: str
    company_id: int | None
    company_name: str
    items: tuple[Item, ...]
    why: str = ""
    remedy: str = ""
    subject: str = ""

    @property
    def worst(self) -> Severity:
        """Severity of its worst finding."""
        return min((item.severity for item in self.items), key=lambda s: s.rank, default=Severity.INFO)

    @property
    def told(self) -> dict[str, tuple[Severity, str]]:
        """What a ticket that was told everything knows."""
        return {item.finding_id: (item.severity, item.label) for item in self.items}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a run says, as far as tickets are concerned."""

    run_id: int
    #: When the oldest of the readings began that the run judged: what was done later it cannot know.
    seen_at: datetime
    as_of: datetime
    sources: tuple[str, ...]
    groups: Mapping[str, Group]
    #: Why findings that are told somewhere are in no group.
    gone: Mapping[str, Gone]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One ticket of the ledger."""

    #: External reference: the group's key, with a generation from the second on.
    ticket_key: str
    group_key: str
    generation: int
    kind: Kind
    scope: str
    company_id: int | None
    company_name: str
    state: State
    ticket_id: int | None
    #: The ticket that it was merged into, if it was.
    written_to_id: int | None = None
    summary: str = ""
    status_name: str = ""
    board_name: str = ""
    note_count: int = 0
    detail: str = ""
    #: Beginning of the flood interval that it was made in.
    window_at: datetime
    intended_at: datetime
    created_at: datetime | None = None
    told_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One intended step, written down before the call."""

    action_id: int
    ticket_key: str
    deed: Deed
    #: ``intended``, ``unclear``, ``done``, ``refused`` or ``void``.
    status: str
    #: Sentence by which a note, or title by which a file, is found again.
    marker: str
    text: str
    why: str
    #: What the ticket knows once this is done; None when it makes no difference.
    told: Told | None
    intended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteTicket:
    """A ticket as the other system holds it now."""

    ticket_id: int
    reference: str
    summary: str = ""
    board_id: int | None = None
    board_name: str = ""
    status_id: int | None = None
    status_name: str = ""
    company_id: int | None = None
    is_closed: bool = False
    closed_at: datetime | None = None
    merged_into: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTicket:
    """What a ticket is made with."""

    reference: str
    summary: str
    description: str
    internal_analysis: str
    company_id: int
    worst: Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """Something to attach."""

    title: str
    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One line of the account: what was done to which ticket, or would be, and why."""

    ticket_key: str
    deed: Deed | None
    #: ``done``, ``planned``, ``held``, ``nothing``, ``unclear``, ``refused`` or ``warning``.
    status: str
    why: str
    ticket_id: int | None = None
    company: str = ""
    title: str = ""
    findings: int = 0

    @property
    def is_trouble(self) -> bool:
        """Whether somebody has to look at it."""
        return self.status in ("unclear", "refused")
