"""Judges rules over snapshots and remembers every finding until it is really gone."""

from msp_audit.audit.catalogue import BrokenRule, Catalogue, load_catalogue
from msp_audit.audit.judge import RuleProgress, Terms, judge
from msp_audit.audit.ledger import latest_run_id, open_findings, read_run
from msp_audit.audit.runner import Limits

__all__ = [
    "BrokenRule",
    "Catalogue",
    "Limits",
    "RuleProgress",
    "Terms",
    "judge",
    "latest_run_id",
    "load_catalogue",
    "open_findings",
    "read_run",
]
