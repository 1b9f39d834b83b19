"""Any other monitoring tool, read from files of one documented layout."""

from msp_audit.connectors.files.connector import FilesConnector

__all__ = ["FilesConnector"]
