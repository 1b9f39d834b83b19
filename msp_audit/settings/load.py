"""Finds and reads ``msp-audit.toml``; every complaint names file, place and remedy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from msp_audit.errors import SettingsError
from msp_audit.settings.complaint import complaint
from msp_audit.settings.fleet import FleetSettings
from msp_audit.settings.model import Settings
from msp_audit.tomlfile import read_toml

SETTINGS_FILE = "msp-audit.toml"


def load_settings(folder: Path, overrides: Mapping[str, Any] | None = None) -> Settings:
    """Settings of the workspace *folder*; *overrides* replace top-level tables (tests, the demo).

    Raises:
        SettingsError: no file, not TOML, or something in it is not understood.
    """
    path = folder / SETTINGS_FILE
    try:
        document = read_toml(path)
    except FileNotFoundError:
        raise SettingsError(
            f"{folder} is no workspace: it has no {SETTINGS_FILE}. Run 'msp-audit init' there first."
        ) from None
    document.pop("root", None)
    try:
        merged = {**document, **(overrides or {})}
        return Settings(root=folder.resolve(), **_with_rooted_secrets(merged, folder.resolve()))
    except ValidationError as error:
        raise SettingsError(complaint(path, error, model=Settings)) from None


def load_fleet_settings(path: Path) -> FleetSettings:
    """What the list of workspaces *path* says.

    Raises:
        SettingsError: no such file, not TOML, or something in it is not understood.
    """
    try:
        return FleetSettings(**_with_rooted_secrets(read_toml(path), path.resolve().parent))
    except FileNotFoundError:
        raise SettingsError(
            f'{path} cannot be read: there is no such file. Write workspaces = ["estates/*"] into it.'
        ) from None
    except ValidationError as error:
        raise SettingsError(complaint(path, error, model=FleetSettings)) from None


def _with_rooted_secrets(value: Any, root: Path) -> Any:  # noqa: ANN401  (any TOML value)
    """The same document; "file:" references start at the settings file, wherever the program is called."""
    if isinstance(value, dict):
        return {key: _with_rooted_secrets(item, root) for key, item in value.items()}
    if isinstance(value, str) and value.startswith("file:"):
        return f"file:{root / Path(value.removeprefix('file:')).expanduser()}"
    return value
