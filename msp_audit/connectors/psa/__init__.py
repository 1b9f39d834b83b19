"""ConnectWise PSA ("Manage"), read over its REST API."""

from msp_audit.connectors.psa.connector import PsaConnector
from msp_audit.connectors.psa.resources import RESOURCES

__all__ = ["RESOURCES", "PsaConnector"]
