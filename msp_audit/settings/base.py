"""What every settings model shares: frozen, and unknown members are errors."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class SettingsModel(BaseModel):
    """A part of the settings file."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)
