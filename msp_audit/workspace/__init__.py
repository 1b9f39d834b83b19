"""The object that people hold: a folder with settings, a store, rules and reports."""

from msp_audit.workspace.handover import Handed
from msp_audit.workspace.reading import SnapshotProgress
from msp_audit.workspace.workspace import FACES, Outcome, Workspace, exit_code, is_incomplete

__all__ = ["FACES", "Handed", "Outcome", "SnapshotProgress", "Workspace", "exit_code", "is_incomplete"]
