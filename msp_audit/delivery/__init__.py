"""Hands finished reports over: parcel in, receipt out; knows neither their making nor the store."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msp_audit.delivery.base import Channel, Parcel, Receipt, ReceiptStatus, Totals, is_due
from msp_audit.delivery.email import EmailChannel, Flushed
from msp_audit.delivery.folder import FolderChannel
from msp_audit.delivery.login import check_login
from msp_audit.delivery.message import build_message, message_bytes
from msp_audit.settings import DeliverySettings, MailSettings
from msp_audit.settings.delivery import When

#: One line each; the key is the name in the settings.
CHANNELS: Mapping[str, type[Channel]] = {
    FolderChannel.name: FolderChannel,
    EmailChannel.name: EmailChannel,
}

__all__ = [
    "CHANNELS",
    "Channel",
    "EmailChannel",
    "Flushed",
    "Parcel",
    "Receipt",
    "ReceiptStatus",
    "Totals",
    "When",
    "build_message",
    "check_login",
    "is_due",
    "message_bytes",
    "open_channel",
]


def open_channel(settings: DeliverySettings, *, root: Path, mail: MailSettings | None = None) -> Channel:
    """The channel of one delivery in the settings; relative paths start at *root*."""
    if settings.channel == EmailChannel.name:
        return EmailChannel.from_settings(settings, root=root, mail=mail)
    return CHANNELS[settings.channel].from_settings(settings, root=root)
