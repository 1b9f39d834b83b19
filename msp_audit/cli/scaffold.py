"""What ``init`` and ``demo`` write: a workspace to fill in, and one that is filled in already."""

from __future__ import annotations

import sys
from pathlib import Path

from msp_audit.errors import SettingsError
from msp_audit.settings import SETTINGS_FILE

_TEMPLATES = Path(__file__).parent / "templates"
_FOLDERS = ("rules", "reports/sections", "reports/brand")


def make_workspace(folder: Path) -> None:
    """Write settings to fill in, and the folders around them.

    Raises:
        SettingsError: there is a workspace already, or the folder cannot be written.
    """
    path = folder / SETTINGS_FILE
    if path.exists():
        raise SettingsError(f"{path} exists already; nothing was changed.")
    write_workspace(folder, (_TEMPLATES / "workspace.toml").read_text(encoding="utf-8"))
    sys.stdout.write(f"{path}\n")
    sys.stderr.write("Fill in the sources that you have, then try 'msp-audit doctor'.\n")


def write_workspace(folder: Path, settings: str) -> None:
    """Write *settings* and the folders of a workspace."""
    try:
        for name in _FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / SETTINGS_FILE).write_text(settings, encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{folder} cannot be written: {error.strerror}.") from error


def template(name: str) -> str:
    """The text of a template that ships."""
    return (_TEMPLATES / name).read_text(encoding="utf-8")
