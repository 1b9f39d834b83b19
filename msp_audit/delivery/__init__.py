"""Hands finished reports over: parcel in, receipt out; knows neither their making nor the store."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msp_audit.delivery.base import Channel, Parcel, Receipt, ReceiptStatus, Totals, When, is_due
from msp_audit.delivery.folder import FolderChannel
from msp_audit.delivery.message import build_message, message_bytes
from msp_audit.settings import DeliverySettings

#: One line each; the key is the name in the settings.
CHANNELS: Mapping[str, type[Channel]] = {
    FolderChannel.name: FolderChannel,
}

__all__ = [
    "CHANNELS",
    "Channel",
    "Parcel",
    "Receipt",
    "ReceiptStatus",
    "Totals",
    "When",
    "build_message",
    "is_due",
    "message_bytes",
    "open_channel",
]


def open_channel(settings: DeliverySettings, *, root: Path) -> Channel:
    """The channel of one delivery in the settings; relative paths start at *root*."""
    return CHANNELS[settings.channel].from_settings(settings, root=root)
