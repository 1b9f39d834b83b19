"""ConnectWise Automate: over REST, as exported database tables, or both."""

from msp_audit.connectors.automate.connector import AutomateConnector
from msp_audit.connectors.automate.tables import RESOURCES

__all__ = ["RESOURCES", "AutomateConnector"]
