"""Finds and reads ``msp-audit.toml``; every complaint names file, place and remedy."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from msp_audit.errors import SettingsError
from msp_audit.settings.fleet import FleetSettings
from msp_audit.settings.model import Settings

SETTINGS_FILE = "msp-audit.toml"


def load_settings(folder: Path, overrides: Mapping[str, Any] | None = None) -> Settings:
    """Settings of the workspace *folder*; *overrides* replace top-level tables (tests, the demo).

    Raises:
        SettingsError: no file, not TOML, or something in it is not understood.
    """
    path = folder / SETTINGS_FILE
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise SettingsError(
            f"{folder} is no workspace: it has no {SETTINGS_FILE}. Run 'msp-audit init' there first."
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: is not TOML: {error}.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read: {error}.") from error
    document.pop("root", None)
    try:
        merged = {**document, **(overrides or {})}
        return Settings(root=folder.resolve(), **_with_rooted_secrets(merged, folder.resolve()))
    except ValidationError as error:
        raise SettingsError(_complaint(path, error)) from None


def load_fleet_settings(path: Path) -> FleetSettings:
    """What the list of workspaces *path* says.

    Raises:
        SettingsError: no such file, not TOML, or something in it is not understood.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        return FleetSettings(**_with_rooted_secrets(document, path.resolve().parent))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f'{path} cannot be read ({error}). Write workspaces = ["estates/*"] into it.'
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: is not TOML: {error}.") from error
    except ValidationError as error:
        raise SettingsError(_complaint(path, error, model=FleetSettings)) from None


def _with_rooted_secrets(value: Any, root: Path) -> Any:  # noqa: ANN401  (any TOML value)
    """The same document; "file:" references start at the settings file, wherever the program is called."""
    if isinstance(value, dict):
        return {key: _with_rooted_secrets(item, root) for key, item in value.items()}
    if isinstance(value, str) and value.startswith("file:"):
        return f"file:{root / Path(value.removeprefix('file:')).expanduser()}"
    return value


def _complaint(path: Path, error: ValidationError, *, model: type[BaseModel] = Settings) -> str:
    lines = [f"{path}: the settings are not understood."]
    for item in error.errors(include_input=False, include_url=False):
        place = ".".join(str(part) for part in item["loc"] if part != "function-plain") or "(file)"
        message = item["msg"].removeprefix("Value error, ")
        if item["type"] == "extra_forbidden":
            message = f"unknown setting{_suggestion(item['loc'], model=model)}"
        lines.append(f"  {place}: {message}")
    return "\n".join(lines)


def _suggestion(location: tuple[int | str, ...], *, model: Any) -> str:  # noqa: ANN401  (walks down any annotation)
    for part in location[:-1]:
        field = getattr(model, "model_fields", {}).get(part)
        if field is None:
            return ""
        model = next((t for t in _types(field.annotation) if issubclass(t, BaseModel)), None)
    known = list(getattr(model, "model_fields", {}))
    near = difflib.get_close_matches(str(location[-1]), known, n=1)
    return f"; did you mean '{near[0]}'?" if near else f"; known here: {', '.join(known)}" if known else ""


def _types(annotation: Any) -> list[type]:  # noqa: ANN401
    nested = getattr(annotation, "__args__", ())
    return [t for t in (annotation, *nested) if isinstance(t, type)]
