"""How long people may set findings aside."""

from __future__ import annotations

from pydantic import Field

from msp_audit.settings.base import SettingsModel


class SuppressionSettings(SettingsModel):
    """Bounds of the entries in ``suppressions.toml``."""

    #: Days from today that an entry may last.
    max_days: int = Field(default=180, ge=1, le=730)
    #: Days that one lasts when the command is given no end.
    default_days: int = Field(default=90, ge=1, le=730)
    #: Days before the end of an entry when reports begin to name it.
    soon_days: int = Field(default=14, ge=0)
