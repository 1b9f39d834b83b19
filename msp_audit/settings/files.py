"""The tables ``[files.<name>]``: monitoring tools that are read from files which people or scripts export."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator

from msp_audit.settings.base import SettingsModel

#: What a tool may be able to tell of an asset; a rule names what it needs.
Capability = Literal["serial_number", "mac_address", "last_seen_at", "is_online"]

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
#: Names that mean something else where a tool's name stands.
_TAKEN = frozenset({"psa", "automate", "auvik", "ninjaone", "files", "core", "audit"})
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


def _tool_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError("is no name for a tool; use lower-case letters, digits, - and _")
    if name in _TAKEN:
        raise ValueError("is taken; give the tool another name")
    return name


ToolName = Annotated[str, AfterValidator(_tool_name)]


class FileToolSettings(SettingsModel):
    """A monitoring tool that is read from files; what they hold: docs/connecting/files.md."""

    #: Folder with ``organisations``, ``sites``, ``assets`` and ``asset_macs``, as .csv, .tsv or .parquet.
    folder: Path
    #: What the tool tells of an asset: ``serial_number``, ``mac_address``, ``last_seen_at``, ``is_online``.
    #: Rules that need something else are not evaluated for it.
    reports: tuple[Capability, ...]
    #: The tool's organisation -> record id of the PSA company that it is.
    organisations: dict[str, int] = Field(default_factory=dict)
    #: Names of the PSA configuration types of which the tool should know every active one.
    covers: tuple[str, ...] = ()
    #: Files older than this many hours are *stale*.
    max_age_hours: float = Field(default=192, gt=0)
    #: Host that the assets' ``url`` must lead to, or below; without it reports link no record of the tool.
    link_host: str | None = None

    @field_validator("reports", "covers")
    @classmethod
    def _once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"{twice[0]!r} stands twice; keep one")
        return names

    @field_validator("link_host")
    @classmethod
    def _is_host(cls, host: str | None) -> str | None:
        if host is not None and not _HOST.fullmatch(host):
            raise ValueError("is no host; write it as rmm.example, without https://")
        return host
