"""Switches that make the sandbox misbehave as the vendors' systems have been seen to; each has a name."""

from msp_audit.sandbox.faults import (  # noqa: F401  (they register)
    any_source,
    automate,
    auvik,
    ninjaone,
    psa_answers,
    psa_data,
    psa_tickets,
)
from msp_audit.sandbox.faults.registry import KINDS, FaultKind, Faults, SwitchedFault

__all__ = ["KINDS", "FaultKind", "Faults", "SwitchedFault"]
