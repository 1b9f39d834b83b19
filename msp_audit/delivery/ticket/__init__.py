"""Tickets in the PSA about what a run found: one for each company and rule, and never twice."""

from msp_audit.delivery.ticket.model import Happening, Row
from msp_audit.delivery.ticket.rights import RIGHTS, missing_rights
from msp_audit.delivery.ticket.round import Surroundings, receipt_of, take_over, work_on_tickets
from msp_audit.delivery.ticket.system import PsaTickets, TicketSystem
from msp_audit.delivery.ticket.trial import Trial, try_out
from msp_audit.delivery.ticket.wording import Wording

__all__ = [
    "RIGHTS",
    "Happening",
    "PsaTickets",
    "Row",
    "Surroundings",
    "TicketSystem",
    "Trial",
    "Wording",
    "missing_rights",
    "receipt_of",
    "take_over",
    "try_out",
    "work_on_tickets",
]
