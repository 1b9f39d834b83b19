"""Where a command works: the folder given with --workspace, and the workspace in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from msp_audit.workspace import Workspace


@dataclass(slots=True, kw_only=True)
class Place:
    """What a command line says of all commands."""

    folder: Path = Path()
    #: How long to wait for another run, where it is not for the settings to say.
    wait_seconds: float | None = None


#: Set once a command line is parsed.
PLACE = Place()


def open_workspace() -> Workspace:
    """The workspace in the folder given.

    Raises:
        SettingsError: there is none, or its settings do not hold.
    """
    from msp_audit.workspace import Workspace

    workspace = Workspace.open(PLACE.folder)
    if PLACE.wait_seconds is not None:
        store = workspace.settings.store.model_copy(update={"wait_seconds": PLACE.wait_seconds})
        workspace = Workspace(workspace.settings.model_copy(update={"store": store}))
    return workspace
