"""The object that people hold: a folder with settings, a store, rules and reports."""

from msp_audit.workspace.analyst import Desk, nearest_workspace, open_desk
from msp_audit.workspace.analyst_cards import Company
from msp_audit.workspace.handover import Handed
from msp_audit.workspace.outcome import Outcome, exit_code, is_incomplete
from msp_audit.workspace.reading import SnapshotProgress
from msp_audit.workspace.workspace import DATA_FACES, FACES, Workspace

__all__ = [
    "DATA_FACES",
    "FACES",
    "Company",
    "Desk",
    "Handed",
    "Outcome",
    "SnapshotProgress",
    "Workspace",
    "exit_code",
    "is_incomplete",
    "nearest_workspace",
    "open_desk",
]
