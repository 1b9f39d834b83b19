"""The command line: parse, call the workspace, print, exit. Results to stdout, talk to stderr."""

from msp_audit.cli.app import main

__all__ = ["main"]
