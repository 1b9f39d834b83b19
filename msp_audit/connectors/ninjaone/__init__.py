"""NinjaOne: organisations, locations, devices, their hardware and MAC addresses over its public API 2.0."""

from msp_audit.connectors.ninjaone.connector import NinjaoneConnector
from msp_audit.connectors.ninjaone.resources import RESOURCES

__all__ = ["RESOURCES", "NinjaoneConnector"]
