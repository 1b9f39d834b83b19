"""What ``init`` and ``demo`` write: a workspace to fill in, and one that is filled in already."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from msp_audit.errors import SettingsError
from msp_audit.settings import SETTINGS_FILE

_PACKAGE = Path(__file__).resolve().parents[1]
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
    copy_notebooks(folder / "notebooks", shows_samples=False)
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


def copy_notebooks(folder: Path, *, shows_samples: bool) -> None:
    """Put the notebooks that ship into *folder*; one that is there already stays as it is.

    Unless it *shows_samples* a copy has no outputs: invented findings do not belong beside real ones.

    Raises:
        SettingsError: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in _shipped_notebooks():
            copy = folder / path.name
            if not copy.exists():
                text = path.read_text(encoding="utf-8")
                copy.write_text(text if shows_samples else _without_outputs(text), encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{folder} cannot be written: {error.strerror}.") from error


def _shipped_notebooks() -> list[Path]:
    """Those of this checkout, or the copies that came with the package."""
    folders = (_PACKAGE.parent / "notebooks", _PACKAGE / "notebooks")
    return next((found for folder in folders if (found := sorted(folder.glob("[0-9]*.ipynb")))), [])


def _without_outputs(text: str) -> str:
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def template(name: str) -> str:
    """The text of a template that ships."""
    return (_TEMPLATES / name).read_text(encoding="utf-8")
