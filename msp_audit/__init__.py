"""Audits what drifts apart between ConnectWise PSA, ConnectWise Automate and Auvik.

``Workspace.open(folder)`` is the way in for programs, ``msp_audit.open(folder)`` for analysts;
everything named here is what a notebook or a script may rely on.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from msp_audit.domain import Finding, Rows, Rule, Run, Severity
    from msp_audit.errors import (
        DeliveryError,
        MspAuditError,
        ReportError,
        RuleError,
        SettingsError,
        SourceError,
        StoreError,
    )
    from msp_audit.workspace import Desk, Workspace

    # Said again, for a type checker only: below the command line nothing may import it, and all import this.
    def open(folder: Path | str | None = None, *, or_demo: bool = False) -> Desk: ...  # noqa: A001, D103


__version__ = "0.1.0"

__all__ = [
    "DeliveryError",
    "Desk",
    "Finding",
    "MspAuditError",
    "ReportError",
    "Rows",
    "Rule",
    "RuleError",
    "Run",
    "SettingsError",
    "Severity",
    "SourceError",
    "StoreError",
    "Workspace",
    "__version__",
    "open",
]

#: Where each name lives; imported when it is first asked for, so that the command line answers at once.
_HOMES = {
    **dict.fromkeys(("Finding", "Rows", "Rule", "Run", "Severity"), "msp_audit.domain"),
    **dict.fromkeys((name for name in __all__ if name.endswith("Error")), "msp_audit.errors"),
    **dict.fromkeys(("Desk", "Workspace"), "msp_audit.workspace"),
    "open": "msp_audit.cli.desk",
}

#: Names that differ at home: a module of ours does not hide the builtin.
_THERE = {"open": "open_here"}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), _THERE.get(name, name))


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
