"""The object that people hold: a folder with settings, a store, rules and reports."""

from msp_audit.workspace.analyst import Company, Desk, open_desk
from msp_audit.workspace.handover import Handed
from msp_audit.workspace.reading import SnapshotProgress
from msp_audit.workspace.workspace import FACES, Outcome, Workspace, exit_code, is_incomplete

__all__ = [
    "FACES",
    "Company",
    "Desk",
    "Handed",
    "Outcome",
    "SnapshotProgress",
    "Workspace",
    "exit_code",
    "is_incomplete",
    "open_desk",
]
