"""The table ``[tickets]``: seed 002's parameters by their own names, and what a ticket is filled with."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from msp_audit.domain import Severity

#: A record of the PSA by its name, or by its record id.
NameOrId = int | str
Level = Literal["Low", "Medium", "High"]

DESCRIPTION = """\
%AlertName%

%Findings%

%CorrelationText%
"""
INTERNAL_ANALYSIS = """\
Rule: %Rule% (%ObjectType%)
Why: %Why%
What to do: %Remedy%
Found %Count%, worst %Severity%, first seen %When%. Data: %DataSource%, read %AsOf%.
Sent by %MonitoringPlanName% (msp-audit on %Computer%, run %RunId%).
"""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TicketRetention(_Model):
    """How long the account of what was sent is kept; tickets that still matter are kept regardless."""

    #: Steps that are kept (seed 002: TicketRequestsRetention, RequestLimit).
    request_limit: int = Field(default=300_000, ge=1)
    #: Seconds that a step is kept (seed 002: RequestLimitInterval).
    request_limit_interval: int = Field(default=604_800, ge=0)


class TicketSettings(_Model):
    """Tickets in the PSA, one for each company and rule. What each means in an audit: docs/tickets.md."""

    #: ``rule``, ``theme`` or ``run``: findings of one company that share it share a ticket.
    per: Literal["rule", "theme", "run"] = "rule"
    #: Findings less severe make no ticket.
    severity_floor: Severity = Severity.MEDIUM
    #: Rules or themes that make tickets; all without it.
    rules: tuple[str, ...] = ()

    #: Company of tickets that belong to no single one, and of the collecting ticket: the MSP's own.
    company: NameOrId
    #: Service board of new tickets.
    board: NameOrId
    #: Team of that board.
    team: NameOrId | None = None
    #: Status of new tickets, one of the board's; without it the board's default.
    status: NameOrId | None = None
    #: Priority of new tickets.
    priority: NameOrId | None = "Priority 3 - Normal Response"
    #: Severity of the worst finding -> priority, instead of ``priority``.
    priority_by_severity: dict[Severity, NameOrId] = Field(default_factory=dict)
    #: Type of the board.
    type: NameOrId | None = None
    #: Subtype of the board.
    subtype: NameOrId | None = None
    #: Item of the board.
    item: NameOrId | None = None
    #: Seed 002: Business Impact.
    impact: Level = "Medium"
    #: Seed 002: Severity Level.
    severity: Level = "Medium"
    #: Contact of the ticket, by id or by its e-mail address, in the company of ``company``.
    contact: NameOrId | None = None
    #: Source of the ticket, as "API".
    source: NameOrId | None = None

    #: Summary of the ticket. ``%Variable%``, or Jinja where it holds ``{{``.
    title: str = Field(default="[msp-audit] %AlertName% (%Where%)", min_length=1)
    #: What the customer may read. Empty: nothing.
    description: str = DESCRIPTION
    #: What only the MSP reads. Empty: nothing.
    internal_analysis: str = INTERNAL_ANALYSIS
    #: Who may read the notes that follow.
    notes: Literal["internal", "customer"] = "internal"
    #: Let the PSA send its own mails about our tickets and notes.
    notifications: bool = False
    #: Files to attach: the findings as text, or the report of the ticket's company in that form.
    attach: tuple[Literal["txt", "xlsx", "pdf", "html"], ...] = ()
    #: Report whose company edition is attached.
    report: str | None = None

    #: Tickets of their own in one interval; what is more goes into one collecting ticket.
    ticket_flood_limit: int = Field(default=10, ge=1)
    #: Seconds of that interval.
    ticket_flood_interval: int = Field(default=3_600, ge=1)
    #: Seconds between two notes on one ticket, at least.
    consolidation_interval: int = Field(default=900, ge=0)
    #: Tell changes as notes on the open ticket; without it findings that come later get another ticket.
    update_ticket_on_repetitive_alerts: bool = True
    #: Reopen a ticket that was closed though its findings are still there.
    reopen_ticket_on_repetitive_alerts: bool = True
    #: Statuses that count as closed beside those the board marks so: names, or ids.
    closed_ticket_states: tuple[NameOrId, ...] = ()
    #: Status after reopening, on the ticket's own board; without it that board's default.
    new_state: NameOrId | None = None
    #: Seconds after closing in which a ticket is reopened; later it is a new one.
    update_interval: int = Field(default=86_400, ge=0)
    #: Name earlier tickets of the same kind in a new one.
    enable_ticket_correlation: bool = True
    #: Seconds that an earlier ticket may lie back.
    correlation_interval: int = Field(default=2_592_000, ge=0)
    #: One line for each earlier ticket.
    correlation_ticket_format: str = "Previous incident for the same alert type: Id: %id%"
    #: Notes name the first of several findings and attach the list; without it they name all.
    display_only_first_activity_record: bool = True
    #: A file that cannot be attached is kept in ``missing_attachments``; without it that is a failure.
    ignore_upload_attachment_error: bool = True
    #: Folder of files that could not be attached, relative to the workspace.
    missing_attachments: Path = Path("MissingAttachments")
    #: Seconds to wait for the PSA's answer to a write.
    request_timeout: float = Field(default=180, gt=0, le=900)
    ticket_requests_retention: TicketRetention = TicketRetention()

    #: Close the ticket once all its findings are resolved.
    close_when_resolved: bool = False
    #: Status for that; without it the board's first closed one.
    resolved_state: NameOrId | None = None
    #: Make a new ticket where somebody deleted ours though its findings are still there.
    recreate_deleted: bool = True
    #: Seconds after an unclear answer before the same ticket or note is sent again.
    settle_seconds: int = Field(default=900, ge=0)

    @model_validator(mode="after")
    def _agree(self) -> TicketSettings:
        if self.subtype is not None and self.type is None:
            raise ValueError("names a subtype, so it needs a type too")
        if self.item is not None and self.subtype is None:
            raise ValueError("names an item, so it needs a subtype too")
        if {"xlsx", "pdf", "html"} & set(self.attach) and self.report is None:
            raise ValueError("attaches a report, so it needs report, the name of its definition")
        return self
