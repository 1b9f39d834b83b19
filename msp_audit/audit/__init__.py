"""Judges rules over snapshots and remembers every finding until it is really gone."""

from msp_audit.audit.catalogue import BrokenRule, Catalogue, load_catalogue
from msp_audit.audit.diff import diff_runs, diff_snapshots
from msp_audit.audit.explain import Explanation, explain
from msp_audit.audit.judge import RuleProgress, Terms, judge
from msp_audit.audit.ledger import latest_run_id, open_findings, read_run
from msp_audit.audit.past import Past
from msp_audit.audit.runner import Limits
from msp_audit.audit.suppressions import (
    SUPPRESSIONS_FILE,
    Suppression,
    add_suppression,
    load_suppressions,
    suppression_from,
)

__all__ = [
    "SUPPRESSIONS_FILE",
    "BrokenRule",
    "Catalogue",
    "Explanation",
    "Limits",
    "Past",
    "RuleProgress",
    "Suppression",
    "Terms",
    "add_suppression",
    "diff_runs",
    "diff_snapshots",
    "explain",
    "judge",
    "latest_run_id",
    "load_catalogue",
    "load_suppressions",
    "open_findings",
    "read_run",
    "suppression_from",
]
