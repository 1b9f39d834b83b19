"""``fleet.toml``: which workspaces there are, and who gets the report over all of them."""

from __future__ import annotations

from pydantic import Field

from msp_audit.settings.base import SettingsModel
from msp_audit.settings.delivery import MailSettings


class FleetReport(SettingsModel):
    """The report over all estates, as ``msp-audit fleet report`` makes it."""

    #: Heading and subject.
    title: str = "Fleet audit"
    #: Who gets it by mail with ``--send``.
    to: tuple[str, ...] = ()


class FleetSettings(SettingsModel):
    """A list of workspaces; it needs nothing else."""

    #: Folders, relative to the file; ``*`` stands for any that has settings.
    workspaces: tuple[str, ...] = Field(min_length=1)
    report: FleetReport = FleetReport()
    #: As in ``msp-audit.toml``; only for ``--send``.
    mail: MailSettings | None = None
