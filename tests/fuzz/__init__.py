"""Hostile bytes for every parser of what strangers write."""
