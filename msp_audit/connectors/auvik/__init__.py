"""Auvik: tenants, devices and interfaces over its API, and the declared settings of its inventory sync."""

from msp_audit.connectors.auvik.connector import AuvikConnector
from msp_audit.connectors.auvik.resources import RESOURCES

__all__ = ["RESOURCES", "AuvikConnector"]
