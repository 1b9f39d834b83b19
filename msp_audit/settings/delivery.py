"""The tables ``[[delivery]]``, ``[mail]``, ``[links]``, ``[schedule]``: who gets what, when, which way."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from msp_audit.settings.address import LOOPBACK, Address
from msp_audit.settings.base import SettingsModel
from msp_audit.settings.secret import SecretReference

When = Literal["always", "on-change", "on-findings"]
Per = Literal["report", "rule", "theme"]
FileFace = Literal["html", "pdf", "xlsx", "csv", "json", "parquet"]


class DeliverySettings(SettingsModel):
    """One handing-over of a report: which, to whom, when, by which channel."""

    #: What the receipt is filed under; one run is delivered once under each name.
    name: str = Field(min_length=1)
    #: Name of the report definition.
    report: str
    #: ``email`` sends as ``[mail]`` says, ``folder`` writes mails as .eml files.
    channel: Literal["folder", "email"] = "folder"
    #: ``on-findings`` skips a run without open findings, ``on-change`` one that changed nothing; without
    #: it the report's own. A run with an incomplete source is always delivered.
    when: When | None = None
    #: ``rule`` or ``theme``: a mail for each of them that has anything to tell, for systems that make
    #: tickets of mails; {reference} in the report's subject stays the same for each.
    per: Per = "report"
    #: Deliver all the same when nothing was due for so many days.
    repeat_after_days: int | None = Field(default=None, ge=1, le=366)
    #: From.
    sender: str = "msp-audit@localhost"
    #: Recipients; of a report that is made per company: those who get every company's.
    to: tuple[str, ...] = ()
    #: Recipients of a company's own report: PSA company id, identifier or name -> addresses.
    companies: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    #: The same as a CSV with the columns ``company`` and ``to``, one address a line.
    recipients: Path | None = None
    #: Faces of the report to attach.
    attach: tuple[FileFace, ...] = ("pdf", "xlsx")
    #: Folder channel: where the .eml files go, relative to the workspace.
    folder: Path = Path("reports/output/outbox")


class SmtpSettings(SettingsModel):
    """A mail server."""

    #: Mail server.
    host: str = Field(min_length=1)
    #: Its port: 587 with STARTTLS, 465 with TLS from the start.
    port: int = Field(default=587, ge=1, le=65535)
    #: ``none`` is only allowed towards this machine.
    security: Literal["starttls", "tls", "none"] = "starttls"
    #: Account to log in with; none sends without logging in.
    username: str | None = None
    #: Password of the user.
    password: SecretReference | None = None
    #: OAuth access token instead of a password (XOAUTH2).
    token: SecretReference | None = None
    #: Certificate authorities to trust instead of the system's, as a PEM file.
    ca_file: Path | None = None
    #: Seconds to wait for an answer.
    timeout_seconds: float = Field(default=60, gt=0, le=900)

    @model_validator(mode="after")
    def _is_safe(self) -> SmtpSettings:
        if self.security == "none" and self.host not in LOOPBACK:
            raise ValueError("security = none is only allowed towards this machine; use starttls or tls")
        if (self.password or self.token) and not self.username:
            raise ValueError("has a password or token, so it needs username too")
        if self.password and self.token:
            raise ValueError("has a password and a token; keep one")
        return self


class GraphSettings(SettingsModel):
    """Microsoft 365 through Graph, with an application's own rights: Mail.Send and Mail.ReadWrite."""

    #: Directory (tenant) id.
    tenant: str = Field(min_length=1)
    #: Application (client) id.
    client_id: str = Field(min_length=1)
    #: Secret of the registered application.
    client_secret: SecretReference
    #: Mailbox that sends: its address or id.
    mailbox: str = Field(min_length=1)
    #: Address of Microsoft Graph; national clouds have their own.
    url: Address = "https://graph.microsoft.com/v1.0"
    #: Where the token is had.
    login_url: Address = "https://login.microsoftonline.com"
    #: Keep a copy under sent items.
    save_to_sent_items: bool = True
    #: Seconds to wait for an answer.
    timeout_seconds: float = Field(default=60, gt=0, le=900)


class MailSettings(SettingsModel):
    """How mail leaves: SMTP or Graph, how large it may be, and who hears of failures."""

    smtp: SmtpSettings | None = None
    graph: GraphSettings | None = None
    #: Largest mail; a smaller SIZE of the server wins.
    max_megabytes: float = Field(default=20, gt=0.05, le=150)
    #: Tries in one run; then it waits in the spool for the next.
    tries: int = Field(default=3, ge=1, le=10)
    #: Seconds before the second try; doubled with each.
    retry_seconds: float = Field(default=5, ge=0, le=300)
    #: Mails that could not leave yet, relative to the workspace.
    spool: Path = Path("store/spool")
    #: Days that a mail waits there before it is given up, and reported.
    spool_days: int = Field(default=5, ge=1, le=30)
    #: Who hears by mail that a run failed.
    operator: tuple[str, ...] = ()
    #: From, of mails to the operator.
    sender: str = "msp-audit@localhost"

    @model_validator(mode="after")
    def _one_way(self) -> MailSettings:
        if (self.smtp is None) == (self.graph is None):
            raise ValueError("needs exactly one of smtp and graph")
        return self


class LinkSettings(SettingsModel):
    """Addresses that open a record; ``{id}`` stands for it. Derived from the sources' own when left out."""

    #: Also holds ``{record_type}``; empty: no links.
    psa: str | None = None
    #: Automate computer; ``{id}`` is the record.
    automate_computer: str | None = None
    #: Addresses that Auvik sends along must lead to this host or below it.
    auvik_host: str = "auvik.com"


class ScheduleSettings(SettingsModel):
    """When the run is due; the machine's own scheduler starts it."""

    #: Days from one run to the next.
    every_days: int = Field(default=7, ge=1, le=31)
    #: For seven days: the day it begins on.
    weekday: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] = "mon"
    #: Local time of the machine.
    at: str = Field(default="06:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    #: Hours that a run may be late before it is overdue.
    grace_hours: float = Field(default=12, ge=0)
    #: Asked after each run that ended well, for a monitor that notices silence.
    heartbeat_url: SecretReference | None = None
