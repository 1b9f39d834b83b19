"""ConnectWise Automate: its database, its REST API, exported tables, or several of them."""

from msp_audit.connectors.automate.connector import AutomateConnector
from msp_audit.connectors.automate.tables import RESOURCES

__all__ = ["RESOURCES", "AutomateConnector"]
