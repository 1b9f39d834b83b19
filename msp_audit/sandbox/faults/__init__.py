"""Switches that make the sandbox misbehave as the vendors' systems have been seen to; each has a name."""

from msp_audit.sandbox.faults import any_source, automate, auvik, psa_answers, psa_data  # noqa: F401  (they register)
from msp_audit.sandbox.faults.registry import KINDS, FaultKind, Faults, SwitchedFault

__all__ = ["KINDS", "FaultKind", "Faults", "SwitchedFault"]
