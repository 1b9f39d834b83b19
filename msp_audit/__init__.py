"""Audits what drifts apart between ConnectWise PSA, ConnectWise Automate and Auvik."""

__version__ = "0.1.0"
